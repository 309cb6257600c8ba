package org.communitysso.keycloak;

import java.time.Duration;
import java.time.Instant;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.actiontoken.verifyemail.VerifyEmailActionToken;
import org.keycloak.authentication.authenticators.broker.util.SerializedBrokeredIdentityContext;
import org.keycloak.broker.provider.BrokeredIdentityContext;
import org.keycloak.common.util.Time;
import org.keycloak.events.Details;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserManager;
import org.keycloak.models.UserModel;

/**
 * Authenticator for first-broker-login flows, after the review of the profile: removes an account that claimed the new
 * identity's e-mail address and never confirmed it. Left alone, such an account, which has let nobody in, would keep the
 * address from its owner for good. The identity that made it may come again, as for the first time; the new one has to
 * confirm the address like any other.
 *
 * <p>An account keeps the address while the first link mailed to it may still be followed. So does one that somebody has
 * logged in to, one without outside identities, which somebody made on purpose, and one that an administrator has disabled
 * or labelled as spam: its identity would come again without that.
 */
public final class ReleaseUnconfirmedAddress extends FirstLoginStep {
    public static final String ID = "sso-release-unconfirmed-address";

    @Override
    protected void authenticateImpl(
            AuthenticationFlowContext context,
            SerializedBrokeredIdentityContext serialized,
            BrokeredIdentityContext newIdentity) {
        String email = newIdentity.getEmail();
        UserModel claimant =
                email == null ? null : context.getSession().users().getUserByEmail(context.getRealm(), email);
        if (claimant != null && hasLapsed(context, claimant)) {
            // A copy, for Keycloak goes on with the original.
            EventBuilder event = context.getEvent()
                    .clone()
                    .event(EventType.DELETE_ACCOUNT)
                    .user(claimant)
                    .detail(Details.EMAIL, email);
            new UserManager(context.getSession()).removeUser(context.getRealm(), claimant);
            event.success();
        }
        context.success();
    }

    private static boolean hasLapsed(AuthenticationFlowContext context, UserModel claimant) {
        if (claimant.isEmailVerified() || claimant.getFirstAttribute(LastLogin.ATTRIBUTE) != null) return false;
        if (!claimant.isEnabled() || claimant.getFirstAttribute(SpamLabel.ATTRIBUTE) != null) return false;
        if (claimant.getCreatedTimestamp() == null) return false;
        RealmModel realm = context.getRealm();
        int linkSec = realm.getActionTokenGeneratedByUserLifespan(VerifyEmailActionToken.TOKEN_TYPE);
        Instant end = Instant.ofEpochMilli(claimant.getCreatedTimestamp()).plus(Duration.ofSeconds(linkSec));
        return end.isBefore(Instant.ofEpochMilli(Time.currentTimeMillis()))
                && context.getSession().users().getFederatedIdentitiesStream(realm, claimant).findAny().isPresent();
    }

    /** {@link ReleaseUnconfirmedAddress} under its id. */
    public static final class Factory extends PlainAuthenticatorFactory {
        public Factory() {
            super(
                    ID,
                    "Release of an unconfirmed address",
                    "Removes an account that claimed the new identity's e-mail address and never confirmed it.");
        }

        @Override
        public Authenticator create(KeycloakSession session) {
            return new ReleaseUnconfirmedAddress();
        }
    }
}
