package org.communitysso.keycloak;

import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.Authenticator;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/**
 * Authenticator for browser flows of realms without passwords: a page of links to the identity providers. It has
 * nothing to type into, and whatever is posted to it gets the same page again.
 */
public final class ChooseIdentityProvider implements BeforeUserIsKnown {
    public static final String ID = "sso-choose-identity-provider";

    private static final String TEMPLATE = "sso-choose.ftl";

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        context.challenge(context.form().createForm(TEMPLATE));
    }

    @Override
    public void action(AuthenticationFlowContext context) {
        authenticate(context);
    }

    @Override
    public void setRequiredActions(KeycloakSession session, RealmModel realm, UserModel user) {}

    @Override
    public void close() {}

    /** {@link ChooseIdentityProvider} under its id. */
    public static final class Factory extends PlainAuthenticatorFactory {
        private static final Authenticator SINGLETON = new ChooseIdentityProvider();

        public Factory() {
            super(ID, "Choice of an identity provider", "Offers the realm's identity providers and nothing else.");
        }

        @Override
        public Authenticator create(KeycloakSession session) {
            return SINGLETON;
        }
    }
}
