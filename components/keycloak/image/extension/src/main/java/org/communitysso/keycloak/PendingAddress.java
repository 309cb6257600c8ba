package org.communitysso.keycloak;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventType;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/**
 * Event listener that forgets a new e-mail address which waits for its confirmation, once a password is set or an outside
 * identity taken off, or an administrator changes the account. Whoever was in an account unasked could otherwise ask for an
 * address of their own, and confirm it after the owner has taken the account back, also in another realm of the directory.
 */
public final class PendingAddress implements EventListenerProvider {
    public static final String ID = "sso-pending-address";

    /** By what an owner takes an account back. */
    private static final Set<EventType> TAKEN_BACK =
            Set.of(EventType.UPDATE_CREDENTIAL, EventType.REMOVE_CREDENTIAL, EventType.REMOVE_FEDERATED_IDENTITY);

    /** By what an administrator does it for them; a change of the account may bear a password too. */
    private static final Pattern GIVEN_BACK =
            Pattern.compile("users/([^/]+)(/reset-password|/federated-identity/.*)?");

    private final KeycloakSession session;

    PendingAddress(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public void onEvent(Event event) {
        if (TAKEN_BACK.contains(event.getType())) forget(event.getRealmId(), event.getUserId());
    }

    @Override
    public void onEvent(AdminEvent event, boolean includeRepresentation) {
        if (event.getResourceType() != ResourceType.USER) return;
        Matcher path = GIVEN_BACK.matcher(event.getResourcePath());
        if (path.matches()) forget(event.getRealmId(), path.group(1));
    }

    private void forget(String realmId, String userId) {
        RealmModel realm = session.realms().getRealm(realmId);
        UserModel user = session.users().getUserById(realm, userId);
        if (user == null) return;
        EntryAccounts.forEach(
                session, realm, user, (each, account) -> account.removeAttribute(UserModel.EMAIL_PENDING));
    }

    @Override
    public void close() {}

    /** {@link PendingAddress} under its id. */
    public static final class Factory extends PlainListenerFactory {
        @Override
        public EventListenerProvider create(KeycloakSession session) {
            return new PendingAddress(session);
        }

        @Override
        public String getId() {
            return ID;
        }
    }
}
