package org.communitysso.keycloak;

import java.util.List;
import org.keycloak.Config;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.AuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.provider.ProviderConfigProperty;

/**
 * Authenticator for browser flows of realms without passwords: a page of links to the identity providers. It has
 * nothing to type into, and whatever is posted to it gets the same page again.
 */
public final class ChooseIdentityProvider implements Authenticator {
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
    public boolean requiresUser() {
        return false;
    }

    @Override
    public boolean configuredFor(KeycloakSession session, RealmModel realm, UserModel user) {
        return true;
    }

    @Override
    public void setRequiredActions(KeycloakSession session, RealmModel realm, UserModel user) {}

    @Override
    public void close() {}

    /** {@link ChooseIdentityProvider} under its id. */
    public static final class Factory implements AuthenticatorFactory {
        private static final Authenticator SINGLETON = new ChooseIdentityProvider();
        private static final Requirement[] REQUIREMENTS = {
            Requirement.REQUIRED, Requirement.ALTERNATIVE, Requirement.DISABLED
        };

        @Override
        public Authenticator create(KeycloakSession session) {
            return SINGLETON;
        }

        @Override
        public String getId() {
            return ID;
        }

        @Override
        public String getDisplayType() {
            return "Choice of an identity provider";
        }

        @Override
        public String getHelpText() {
            return "Offers the realm's identity providers and nothing else.";
        }

        @Override
        public String getReferenceCategory() {
            return null;
        }

        @Override
        public Requirement[] getRequirementChoices() {
            return REQUIREMENTS;
        }

        @Override
        public boolean isConfigurable() {
            return false;
        }

        @Override
        public boolean isUserSetupAllowed() {
            return false;
        }

        @Override
        public List<ProviderConfigProperty> getConfigProperties() {
            return List.of();
        }

        @Override
        public void init(Config.Scope config) {}

        @Override
        public void postInit(KeycloakSessionFactory factory) {}

        @Override
        public void close() {}
    }
}
