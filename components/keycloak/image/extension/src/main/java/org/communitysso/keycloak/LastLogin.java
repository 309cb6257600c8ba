package org.communitysso.keycloak;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.RejectedExecutionException;
import org.jboss.logging.Logger;
import org.keycloak.events.Details;
import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventListenerTransaction;
import org.keycloak.events.EventType;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.executors.ExecutorsProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Event listener that writes the time of a person's last login, by password or through an identity provider, to
 * the user attribute {@value #ATTRIBUTE}, in UTC as LDAP writes it ({@code 20261122045530Z}, RFC 4517 section
 * 3.3.13), so that it sorts as text. An attribute mapper carries it to a directory.
 *
 * <p>The write waits until the login's transaction is through and then runs on another thread in a transaction of
 * its own: a directory that is slow or away neither delays nor breaks a login. A time that cannot be written is lost
 * but for a warning in the log.
 */
public final class LastLogin implements EventListenerProvider {
    public static final String ID = "sso-last-login";
    public static final String ATTRIBUTE = "lastLogin";

    private static final Logger LOG = Logger.getLogger(LastLogin.class);
    private static final DateTimeFormatter GENERALIZED_TIME =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private final KeycloakSession session;

    LastLogin(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public void onEvent(Event event) {
        if (event.getType() != EventType.LOGIN) return;
        EventListenerTransaction afterwards = new EventListenerTransaction(null, this::writeLater);
        afterwards.addEvent(event);
        session.getTransactionManager().enlistAfterCompletion(afterwards);
    }

    @Override
    public void onEvent(AdminEvent event, boolean includeRepresentation) {}

    private void writeLater(Event login) {
        KeycloakSessionFactory sessions = session.getKeycloakSessionFactory();
        try {
            session.getProvider(ExecutorsProvider.class).getExecutor(ID).execute(() -> write(sessions, login));
        } catch (RejectedExecutionException shuttingDown) {
            warn(login, shuttingDown);
        }
    }

    private static void write(KeycloakSessionFactory sessions, Event login) {
        try {
            KeycloakModelUtils.runJobInTransaction(sessions, session -> {
                RealmModel realm = session.realms().getRealm(login.getRealmId());
                session.getContext().setRealm(realm);
                UserModel user = session.users().getUserById(realm, login.getUserId());
                if (user != null) user.setSingleAttribute(ATTRIBUTE, generalizedTime(login.getTime()));
            });
        } catch (RuntimeException failure) {
            warn(login, failure);
        }
    }

    private static void warn(Event login, RuntimeException failure) {
        String username = login.getDetails().get(Details.USERNAME);
        // Where a directory refuses, the cause says why.
        Throwable reason = failure.getCause() == null ? failure : failure.getCause();
        LOG.warnf("realm %s: last login of %s could not be written: %s", login.getRealmName(), username, reason);
        LOG.debug("last login could not be written", failure);
    }

    /** @param time milliseconds since 1970 */
    static String generalizedTime(long time) {
        return GENERALIZED_TIME.format(Instant.ofEpochMilli(time));
    }

    @Override
    public void close() {}

    /** {@link LastLogin} under its id. */
    public static final class Factory extends PlainListenerFactory {
        @Override
        public EventListenerProvider create(KeycloakSession session) {
            return new LastLogin(session);
        }

        @Override
        public String getId() {
            return ID;
        }
    }
}
