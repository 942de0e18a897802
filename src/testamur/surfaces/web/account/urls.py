"""Addresses of logging in and of one's own account."""

from __future__ import annotations

from django.urls import path

from testamur.surfaces.web.account import bankid, codes, consent, factors, login, oidc, passkeys, roles, saml, sessions

app_name = "account"
urlpatterns = [
    path("login/", login.login, name="login"),
    path("confirm/", login.confirm, name="confirm"),
    path("demo/", login.demo, name="demo"),
    path("unknown/", login.unknown, name="unknown"),
    path("bankid/", bankid.start, name="bankid-start"),
    path("bankid/<uuid:attempt>/", bankid.order, name="bankid"),
    path("bankid/<uuid:attempt>/return/", bankid.back, name="bankid-return"),
    path("bankid/<uuid:attempt>/cancel/", bankid.cancel, name="bankid-cancel"),
    path("saml/acs/", saml.acs, name="saml-acs"),
    path("saml/return/", saml.back, name="saml-return"),
    path("saml/metadata/", saml.metadata, name="saml-metadata"),
    path("saml/slo/", saml.slo, name="saml-slo"),
    path("saml/leave/", saml.leave, name="saml-leave"),
    path("saml/leave/go/", saml.leave_there, name="saml-leave-go"),
    path("saml/<slug:provider>/", saml.start, name="saml"),
    path("oidc/return/", oidc.back, name="oidc-return"),
    path("oidc/<slug:provider>/", oidc.start, name="oidc"),
    path("passkey/", passkeys.start, name="passkey-start"),
    path("passkey/<uuid:attempt>/", passkeys.passkey, name="passkey"),
    path("sms/", codes.ask, name="sms"),
    path("sms/<uuid:attempt>/", codes.enter_code, name="sms-code"),
    path("app-code/", codes.second, {"method": "totp"}, name="totp"),
    path("paper-code/", codes.second, {"method": "recovery"}, name="recovery"),
    path("roles/", roles.roles, name="roles"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/others/end/", sessions.end_others, name="end-others"),
    path("sessions/<uuid:login>/end/", sessions.end, name="end"),
    path("preferences/", sessions.preferences, name="preferences"),
    path("methods/", factors.overview, name="methods"),
    path("methods/passkey/", factors.add_passkey, name="add-passkey"),
    path("methods/passkey/<uuid:passkey>/remove/", factors.remove_passkey, name="remove-passkey"),
    path("methods/app/", factors.add_totp, name="add-totp"),
    path("methods/app/remove/", factors.remove_totp, name="remove-totp"),
    path("methods/paper/", factors.renew_codes, name="renew-codes"),
    path("consent/", consent.consent, name="consent"),
    path("consent/<uuid:guardianship>/", consent.set_consent, name="set-consent"),
    path("logout/", sessions.logout, name="logout"),
    path("language/", sessions.language, name="language"),
]
