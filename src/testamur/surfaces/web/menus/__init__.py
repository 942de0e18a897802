"""Pages of menus and school-year dates."""
