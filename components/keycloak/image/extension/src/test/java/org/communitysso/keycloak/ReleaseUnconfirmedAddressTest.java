package org.communitysso.keycloak;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.RETURNS_SELF;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.actiontoken.verifyemail.VerifyEmailActionToken;
import org.keycloak.broker.provider.BrokeredIdentityContext;
import org.keycloak.events.Details;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.FederatedIdentityModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

class ReleaseUnconfirmedAddressTest {
    private static final String EMAIL = "ada@example.org";
    private static final int LINK_SEC = 300;

    private final KeycloakSession session = mock(KeycloakSession.class, RETURNS_DEEP_STUBS);
    private final RealmModel realm = mock(RealmModel.class);
    private final AuthenticationFlowContext context = mock(AuthenticationFlowContext.class);
    private final EventBuilder event = mock(EventBuilder.class, RETURNS_SELF);
    private final BrokeredIdentityContext newIdentity = mock(BrokeredIdentityContext.class);
    private final UserModel claimant = mock(UserModel.class);

    @BeforeEach
    void claimTheAddressLongAgo() {
        when(context.getSession()).thenReturn(session);
        when(context.getRealm()).thenReturn(realm);
        when(context.getEvent()).thenReturn(event);
        when(event.clone()).thenReturn(event);
        when(realm.getActionTokenGeneratedByUserLifespan(VerifyEmailActionToken.TOKEN_TYPE)).thenReturn(LINK_SEC);
        when(newIdentity.getEmail()).thenReturn(EMAIL);
        when(session.users().getUserByEmail(realm, EMAIL)).thenReturn(claimant);
        when(claimant.getCreatedTimestamp()).thenReturn(ago(LINK_SEC + 60));
        when(claimant.isEnabled()).thenReturn(true);
        identities(mock(FederatedIdentityModel.class));
    }

    /** However it ends, the flow goes on. */
    @AfterEach
    void goesOn() {
        verify(context).success();
    }

    @Test
    void anAccountThatDidNotConfirmItsAddressInTimeIsRemoved() {
        authenticate();
        verify(session.users()).removeUser(realm, claimant);
        verify(event).event(EventType.DELETE_ACCOUNT);
        verify(event).user(claimant);
        verify(event).detail(Details.EMAIL, EMAIL);
        verify(event).success();
    }

    @Test
    void anAccountThatSomebodyHasLoggedInToStays() {
        when(claimant.getFirstAttribute(LastLogin.ATTRIBUTE)).thenReturn("20260101000000Z");
        authenticate();
        verifyKept();
    }

    @Test
    void aConfirmedAddressStays() {
        when(claimant.isEmailVerified()).thenReturn(true);
        authenticate();
        verifyKept();
    }

    @Test
    void anAccountWhoseAddressMayStillBeConfirmedStays() {
        when(claimant.getCreatedTimestamp()).thenReturn(ago(LINK_SEC - 60));
        authenticate();
        verifyKept();
    }

    @Test
    void anAccountWithoutIdentitiesStays() {
        identities();
        authenticate();
        verifyKept();
    }

    @Test
    void anAccountLabelledAsSpamStays() {
        when(claimant.getFirstAttribute(SpamLabel.ATTRIBUTE)).thenReturn("advertises");
        authenticate();
        verifyKept();
    }

    @Test
    void aDisabledAccountStays() {
        when(claimant.isEnabled()).thenReturn(false);
        authenticate();
        verifyKept();
    }

    @Test
    void anAddressOfNobodyIsFree() {
        when(session.users().getUserByEmail(realm, EMAIL)).thenReturn(null);
        authenticate();
        verifyKept();
    }

    @Test
    void anIdentityWithoutAddressTakesNone() {
        when(newIdentity.getEmail()).thenReturn(null);
        authenticate();
        verifyKept();
    }

    private void authenticate() {
        new ReleaseUnconfirmedAddress().authenticateImpl(context, null, newIdentity);
    }

    private void identities(FederatedIdentityModel... identities) {
        when(session.users().getFederatedIdentitiesStream(realm, claimant)).thenReturn(Stream.of(identities));
    }

    private void verifyKept() {
        verify(session.users(), never()).removeUser(any(), any());
        verify(event, never()).success();
    }

    private static long ago(int seconds) {
        return System.currentTimeMillis() - seconds * 1000L;
    }
}
