package org.communitysso.keycloak;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventListenerTransaction;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionProvider;
import org.keycloak.models.cache.CachedUserModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Event listener that closes an account as soon as an administrator, in the console or through the admin API, gives
 * it the user attribute {@value #ATTRIBUTE}, whose value says why: the account is disabled, its sessions and offline
 * sessions end. Without the attribute it is enabled again, unless something else had disabled it before;
 * {@link UserModel#DISABLED_REASON} remembers. The accounts that other realms have of the same entry of the directory
 * follow at once.
 *
 * <p>The work is done in a transaction of its own right after the administrator's, when the label has reached the
 * directory too. A failure reaches the administrator as an error.
 *
 * @see KeptOutMapper what keeps an account of a directory closed
 */
public final class SpamLabel implements EventListenerProvider {
    public static final String ID = "sso-spam-label";
    public static final String ATTRIBUTE = "spam";

    /** Value of {@link UserModel#DISABLED_REASON} of an account that its label has disabled. */
    static final String DISABLED_REASON = "spam";

    private static final Pattern USER_PATH = Pattern.compile("users/([^/]+).*");
    private static final Set<OperationType> WRITES = Set.of(OperationType.CREATE, OperationType.UPDATE);

    private final KeycloakSession session;

    SpamLabel(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public void onEvent(Event event) {}

    @Override
    public void onEvent(AdminEvent event, boolean includeRepresentation) {
        if (event.getResourceType() != ResourceType.USER || !WRITES.contains(event.getOperationType())) return;
        EventListenerTransaction afterwards = new EventListenerTransaction((change, details) -> follow(change), null);
        afterwards.addAdminEvent(event, includeRepresentation);
        // Now, not earlier: what is enlisted after the write to the directory runs after it.
        session.getTransactionManager().enlistAfterCompletion(afterwards);
    }

    private void follow(AdminEvent event) {
        Matcher path = USER_PATH.matcher(event.getResourcePath());
        if (!path.matches()) return;
        KeycloakModelUtils.runJobInTransaction(session.getKeycloakSessionFactory(), afterwards -> {
            RealmModel realm = afterwards.realms().getRealm(event.getRealmId());
            afterwards.getContext().setRealm(realm);
            UserModel user = afterwards.users().getUserById(realm, path.group(1));
            if (user == null) return;
            EntryAccounts.forEach(
                    afterwards, realm, user, (each, account) -> follow(afterwards.sessions(), each, account));
        });
    }

    /** Brings an account into the state that its label asks for. */
    static void follow(UserSessionProvider sessions, RealmModel realm, UserModel user) {
        // Another request may have cached the account before the label was in the directory.
        if (user instanceof CachedUserModel cached) cached.invalidate();
        if (user.getFirstAttribute(ATTRIBUTE) != null) {
            close(sessions, realm, user);
        } else if (DISABLED_REASON.equals(user.getFirstAttribute(UserModel.DISABLED_REASON))) {
            user.setEnabled(true);
            user.removeAttribute(UserModel.DISABLED_REASON);
        }
    }

    private static void close(UserSessionProvider sessions, RealmModel realm, UserModel user) {
        if (user.isEnabled()) {
            user.setEnabled(false);
            user.setSingleAttribute(UserModel.DISABLED_REASON, DISABLED_REASON);
        }
        sessions.removeUserSessions(realm, user);
        sessions.getOfflineUserSessionsStream(realm, user)
                .toList()
                .forEach(offline -> sessions.removeOfflineUserSession(realm, offline));
    }

    @Override
    public void close() {}

    /** {@link SpamLabel} under its id. */
    public static final class Factory extends PlainListenerFactory {
        @Override
        public EventListenerProvider create(KeycloakSession session) {
            return new SpamLabel(session);
        }

        @Override
        public String getId() {
            return ID;
        }
    }
}
