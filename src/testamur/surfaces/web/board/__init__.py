"""Pages of the body responsible for what everybody is told and asks: news, outages, enquiries."""
