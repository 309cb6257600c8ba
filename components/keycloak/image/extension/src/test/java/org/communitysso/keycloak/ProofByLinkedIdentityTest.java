package org.communitysso.keycloak;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.RETURNS_SELF;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.authenticators.broker.AbstractIdpAuthenticator;
import org.keycloak.authentication.authenticators.broker.util.ExistingUserInfo;
import org.keycloak.broker.provider.BrokeredIdentityContext;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.forms.login.freemarker.model.IdentityProviderBean.IdentityProvider;
import org.keycloak.models.ClientModel;
import org.keycloak.models.FederatedIdentityModel;
import org.keycloak.models.FederatedIdentityModel.FederatedIdentityCreatedEvent;
import org.keycloak.models.IdentityProviderModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.protocol.ClientData;
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.services.ErrorPageException;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.mockito.ArgumentCaptor;

class ProofByLinkedIdentityTest {
    private final KeycloakSession session = mock(KeycloakSession.class, RETURNS_DEEP_STUBS);
    private final RealmModel realm = mock(RealmModel.class);
    private final AuthenticationSessionModel authSession = mock(AuthenticationSessionModel.class);
    private final AuthenticationFlowContext context = mock(AuthenticationFlowContext.class, RETURNS_DEEP_STUBS);
    private final LoginFormsProvider page = mock(LoginFormsProvider.class, RETURNS_SELF);
    private final BrokeredIdentityContext newIdentity = mock(BrokeredIdentityContext.class);
    private final UserModel ada = user("ada-id");

    @BeforeEach
    void askForProofOfAda() {
        when(context.getSession()).thenReturn(session);
        when(context.getRealm()).thenReturn(realm);
        when(realm.getName()).thenReturn("opendev");
        when(context.getAuthenticationSession()).thenReturn(authSession);
        when(context.form()).thenReturn(page);
        when(page.createErrorPage(any())).thenReturn(mock(Response.class));
        doReturn(page).when(session).getProvider(LoginFormsProvider.class);
        when(session.getContext().getAuthenticationSession()).thenReturn(authSession);
        when(session.users().getUserById(realm, "ada-id")).thenReturn(ada);
        when(authSession.getAuthNote(AbstractIdpAuthenticator.EXISTING_USER_INFO))
                .thenReturn(new ExistingUserInfo("ada-id", UserModel.EMAIL, "ada@example.org").serialize());

        LoginProtocol protocol = mock(LoginProtocol.class);
        doReturn(protocol).when(session).getProvider(eq(LoginProtocol.class), any(String.class));
        when(protocol.getClientData(authSession)).thenReturn(new ClientData());
        when(authSession.getProtocol()).thenReturn("openid-connect");
        ClientModel client = mock(ClientModel.class);
        when(client.getClientId()).thenReturn("wiki");
        when(authSession.getClient()).thenReturn(client);
        when(authSession.getTabId()).thenReturn("tab");
        when(context.getUriInfo().getBaseUri()).thenReturn(URI.create("https://id.example.org/"));
        when(context.generateAccessCode()).thenReturn("code");

        IdentityProviderModel github = provider("github");
        when(newIdentity.getIdpConfig()).thenReturn(github);
        link();
    }

    @Test
    void pageOffersTheLinkedProvidersOfTheRunningSession() {
        provider("launchpad");
        provider("openstackid");
        link("openstackid");
        authenticate();
        ArgumentCaptor<Object> offered = ArgumentCaptor.forClass(Object.class);
        verify(page).setAttribute(eq("linkedProviders"), offered.capture());
        List<String> links = ((List<?>) offered.getValue())
                .stream().map(each -> ((IdentityProvider) each).getLoginUrl()).toList();
        assertEquals(1, links.size());
        assertTrue(links.get(0).contains("/broker/openstackid/login"), links::toString);
        assertTrue(links.get(0).contains("session_code=code"), links::toString);
        assertTrue(links.get(0).contains("tab_id=tab"), links::toString);
        verify(context).challenge(any());
        verify(page, never()).setError(any());
    }

    @Test
    void aProviderThatLoginPagesLeaveOutIsOffered() {
        provider("openstackid").setHideOnLogin(true);
        link("openstackid");
        authenticate();
        verify(page, never()).setError(any());
    }

    @Test
    void aProviderThatIsOffIsNotOffered() {
        provider("openstackid").setEnabled(false);
        link("openstackid");
        authenticate();
        verifyRefusal(ProofByLinkedIdentity.MESSAGE_NO_LINKED_IDENTITY);
    }

    @Test
    void accountWithoutIdentitiesCannotBeProven() {
        authenticate();
        verifyRefusal(ProofByLinkedIdentity.MESSAGE_NO_LINKED_IDENTITY);
    }

    @Test
    void accountWithAnotherIdentityOfTheProviderGetsNoSecond() {
        link("github", "openstackid");
        authenticate();
        verifyRefusal(ProofByLinkedIdentity.MESSAGE_PROVIDER_TAKEN);
    }

    @Test
    void identityThatIsLinkedToNobodyProvesNothing() {
        link("openstackid");
        when(authSession.getAuthNote(AbstractIdpAuthenticator.NESTED_FIRST_BROKER_CONTEXT)).thenReturn("{}");
        authenticate();
        verifyRefusal(ProofByLinkedIdentity.MESSAGE_OTHER_ACCOUNT);
        verify(authSession).removeAuthNote(AbstractIdpAuthenticator.NESTED_FIRST_BROKER_CONTEXT);
    }

    @Test
    void nothingIsLinkedToAnotherAccount() {
        assertThrows(ErrorPageException.class, () -> linked(user("mallory-id")));
        verify(page).setError(ProofByLinkedIdentity.MESSAGE_OTHER_ACCOUNT);
    }

    @Test
    void theProvenAccountMayBeLinked() {
        assertDoesNotThrow(() -> linked(ada));
    }

    @Test
    void linksOutsideOfAFirstLoginAreNoneOfItsBusiness() {
        when(authSession.getAuthNote(AbstractIdpAuthenticator.EXISTING_USER_INFO)).thenReturn(null);
        assertDoesNotThrow(() -> linked(user("mallory-id")));
        when(session.getContext().getAuthenticationSession()).thenReturn(null);
        assertDoesNotThrow(() -> linked(user("mallory-id")));
    }

    private void authenticate() {
        new ProofByLinkedIdentity().authenticateImpl(context, null, newIdentity);
    }

    private void verifyRefusal(String message) {
        verify(page).setError(message);
        verify(page).createErrorPage(Response.Status.FORBIDDEN);
        verify(context).challenge(any());
        verify(context, never()).success();
        verify(context, never()).setUser(any());
    }

    private void link(String... providers) {
        when(session.users().getFederatedIdentitiesStream(realm, ada))
                .thenAnswer(call -> Stream.of(providers).map(each -> new FederatedIdentityModel(each, "1", "ada")));
    }

    private IdentityProviderModel provider(String alias) {
        IdentityProviderModel provider = new IdentityProviderModel();
        provider.setAlias(alias);
        provider.setDisplayName(alias);
        provider.setEnabled(true);
        when(session.identityProviders().getByAlias(alias)).thenReturn(provider);
        return provider;
    }

    private void linked(UserModel account) {
        FederatedIdentityCreatedEvent event = mock(FederatedIdentityCreatedEvent.class);
        when(event.getKeycloakSession()).thenReturn(session);
        when(event.getUser()).thenReturn(account);
        ProofByLinkedIdentity.refuseOtherAccount(event);
    }

    private static UserModel user(String id) {
        UserModel user = mock(UserModel.class);
        when(user.getId()).thenReturn(id);
        when(user.isEnabled()).thenReturn(true);
        return user;
    }
}
