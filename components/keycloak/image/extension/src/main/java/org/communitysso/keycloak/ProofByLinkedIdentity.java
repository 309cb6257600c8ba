package org.communitysso.keycloak;

import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.AuthenticationProcessor;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.authenticators.broker.util.ExistingUserInfo;
import org.keycloak.authentication.authenticators.broker.util.SerializedBrokeredIdentityContext;
import org.keycloak.broker.provider.BrokeredIdentityContext;
import org.keycloak.events.Errors;
import org.keycloak.forms.login.freemarker.model.IdentityProviderBean;
import org.keycloak.models.Constants;
import org.keycloak.models.FederatedIdentityModel;
import org.keycloak.models.FederatedIdentityModel.FederatedIdentityCreatedEvent;
import org.keycloak.models.IdentityProviderModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.provider.ProviderEvent;
import org.keycloak.services.ErrorPageException;
import org.keycloak.services.resources.LoginActionsService;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Authenticator for first-broker-login flows of realms without passwords. Where a new outside identity meets an
 * existing account (same e-mail address or user name), its page says so and offers a login with each provider that is
 * linked to the account already. Only who passes one of these gets the new identity linked.
 *
 * <p>How the proof comes back: the links start a broker login within the running authentication session, whose notes
 * hold the new identity ({@link #BROKERED_CONTEXT_NOTE}) and the account in question ({@link #EXISTING_USER_INFO}).
 * Keycloak's broker service takes the answer, and one of these happens.
 *
 * <ul>
 *   <li>The identity is linked to some account. As a first broker login is in progress, the broker service links the
 *       new identity to that account and finishes the login; the flow is not entered again, so executions after this
 *       one do not run. It would do so for any account: {@link #refuseOtherAccount} stops it, by undoing the request,
 *       unless the account is the one in question.
 *   <li>The identity is not linked to any account. The broker service leaves it in
 *       {@link #NESTED_FIRST_BROKER_CONTEXT} and returns to this authenticator, which refuses it.
 *   <li>The flow was restarted meanwhile: the notes are gone, so it is a plain login and nothing is linked.
 *   <li>The browser has lost the cookie of the authentication session: the broker service knows neither the session
 *       nor the state that came back with the answer, and shows an error.
 * </ul>
 */
public final class ProofByLinkedIdentity extends FirstLoginStep {
    public static final String ID = "sso-proof-by-linked-identity";

    private static final String TEMPLATE = "sso-proof.ftl";

    static final String MESSAGE_NO_LINKED_IDENTITY = "ssoProofNoLinkedIdentity";
    static final String MESSAGE_PROVIDER_TAKEN = "ssoProofProviderTaken";
    static final String MESSAGE_OTHER_ACCOUNT = "ssoProofOtherAccount";

    @Override
    protected void authenticateImpl(
            AuthenticationFlowContext context,
            SerializedBrokeredIdentityContext serialized,
            BrokeredIdentityContext newIdentity) {
        AuthenticationSessionModel authSession = context.getAuthenticationSession();
        UserModel account = getExistingUser(context.getSession(), context.getRealm(), authSession);
        if (authSession.getAuthNote(NESTED_FIRST_BROKER_CONTEXT) != null) {
            authSession.removeAuthNote(NESTED_FIRST_BROKER_CONTEXT);
            refuse(context, account, MESSAGE_OTHER_ACCOUNT);
            return;
        }

        Set<String> linked = linkedProviders(context, account);
        if (linked.contains(newIdentity.getIdpConfig().getAlias())) {
            refuse(context, account, MESSAGE_PROVIDER_TAKEN);
            return;
        }
        List<IdentityProviderBean.IdentityProvider> offered = new LoginLinks(context, linked).getProviders();
        if (offered.isEmpty()) {
            refuse(context, account, MESSAGE_NO_LINKED_IDENTITY);
            return;
        }
        context.challenge(context.form()
                .setAttribute("newProvider", displayName(context.getSession(), newIdentity))
                .setAttribute("newUsername", newIdentity.getUsername())
                .setAttribute("linkedProviders", offered)
                .createForm(TEMPLATE));
    }

    private static Set<String> linkedProviders(AuthenticationFlowContext context, UserModel account) {
        return context.getSession().users()
                .getFederatedIdentitiesStream(context.getRealm(), account)
                .map(FederatedIdentityModel::getIdentityProvider)
                .collect(Collectors.toSet());
    }

    private static String displayName(KeycloakSession session, BrokeredIdentityContext identity) {
        return KeycloakModelUtils.getIdentityProviderDisplayName(session, identity.getIdpConfig());
    }

    /** Not a failure challenge: that would count as a wrong password and let strangers lock the account. */
    private static void refuse(AuthenticationFlowContext context, UserModel account, String message) {
        // A copy, for Keycloak sends the original once more with every page of the flow.
        context.getEvent().clone().user(account).detail("reason", message).error(Errors.NOT_ALLOWED);
        context.challenge(context.form().setError(message).createErrorPage(Response.Status.FORBIDDEN));
    }

    /**
     * Called whenever an identity is linked: while a first broker login asks for proof of one account, none may be
     * linked to another.
     *
     * @throws ErrorPageException where it would be, which undoes the request
     */
    static void refuseOtherAccount(ProviderEvent event) {
        if (!(event instanceof FederatedIdentityCreatedEvent link)) return;
        KeycloakSession session = link.getKeycloakSession();
        AuthenticationSessionModel authSession = session.getContext().getAuthenticationSession();
        String asked = authSession == null ? null : authSession.getAuthNote(EXISTING_USER_INFO);
        if (asked == null) return;
        String askedId = ExistingUserInfo.deserialize(asked).getExistingUserId();
        if (!askedId.equals(link.getUser().getId())) {
            throw new ErrorPageException(session, authSession, Response.Status.FORBIDDEN, MESSAGE_OTHER_ACCOUNT);
        }
    }

    /** Links to the given providers, as a login page of this authentication session would have them. */
    private static final class LoginLinks extends IdentityProviderBean {
        private final Set<String> aliases;

        LoginLinks(AuthenticationFlowContext context, Set<String> aliases) {
            super(context.getSession(), context.getRealm(), baseUri(context), context);
            this.aliases = aliases;
        }

        @Override
        protected Set<String> getLinkedBrokerAliases(
                KeycloakSession session, RealmModel realm, AuthenticationFlowContext context) {
            return aliases;
        }

        /** Also one that login pages leave out: who is linked to it has no other proof. */
        @Override
        protected Predicate<IdentityProviderModel> federatedProviderPredicate() {
            return provider -> provider != null && provider.isEnabled();
        }

        private static URI baseUri(AuthenticationFlowContext context) {
            AuthenticationSessionModel authSession = context.getAuthenticationSession();
            return UriBuilder.fromUri(context.getUriInfo().getBaseUri())
                    .queryParam(LoginActionsService.SESSION_CODE, context.generateAccessCode())
                    .queryParam(Constants.CLIENT_ID, authSession.getClient().getClientId())
                    .queryParam(Constants.TAB_ID, authSession.getTabId())
                    .queryParam(
                            Constants.CLIENT_DATA,
                            AuthenticationProcessor.getClientData(context.getSession(), authSession))
                    .build();
        }
    }

    /** {@link ProofByLinkedIdentity} under its id. */
    public static final class Factory extends PlainAuthenticatorFactory {
        public Factory() {
            super(
                    ID,
                    "Proof by a linked identity",
                    "Links a new identity to an existing account only after a login with one that is linked already.");
        }

        @Override
        public Authenticator create(KeycloakSession session) {
            return new ProofByLinkedIdentity();
        }

        @Override
        public void postInit(KeycloakSessionFactory factory) {
            factory.register(ProofByLinkedIdentity::refuseOtherAccount);
        }
    }
}
