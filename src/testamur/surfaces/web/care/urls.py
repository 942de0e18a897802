"""Addresses: pages of pick-up and drop-off."""

from __future__ import annotations

from django.urls import URLPattern, path

from testamur.surfaces.web.care import arranging, children, doors, family, house, planning, regular

app_name = "care"
urlpatterns: list[URLPattern] = [
    path("", doors.home, name="home"),
    path("group/<uuid:group>/", doors.board, name="board"),
    path("group/<uuid:group>/note/", doors.note, name="note"),
    path("group/<uuid:group>/undo/", doors.undo, name="undo"),
    path("child/<uuid:pupil>/", children.child, name="child"),
    path("child/<uuid:pupil>/caution/", children.caution, name="caution"),
    path("child/<uuid:pupil>/caution/end/", children.end_caution, name="end_caution"),
    path("unit/<uuid:unit>/fire/", house.fire, name="fire"),
    path("unit/<uuid:unit>/planning/", planning.planning, name="planning"),
    path("unit/<uuid:unit>/arrange/", arranging.arrange, name="arrange"),
    path("unit/<uuid:unit>/close/", arranging.close, name="close"),
    path("unit/<uuid:unit>/open/", arranging.reopen, name="reopen"),
    path("picture/<uuid:collector>/", children.picture, name="picture"),
    path("family/<uuid:pupil>/", family.week, name="week"),
    path("family/<uuid:pupil>/save/", family.save, name="save"),
    path("family/<uuid:pupil>/copy/", family.copy, name="copy"),
    path("family/<uuid:pupil>/regular/", regular.regular, name="regular"),
    path("family/<uuid:pupil>/collectors/", family.collectors, name="collectors"),
    path("family/<uuid:pupil>/collectors/<uuid:collector>/end/", family.end_collector, name="end_collector"),
    path("family/<uuid:pupil>/closing/<uuid:closing>/", family.need, name="need"),
    path("family/<uuid:pupil>/tell/", family.tell, name="tell"),
]
