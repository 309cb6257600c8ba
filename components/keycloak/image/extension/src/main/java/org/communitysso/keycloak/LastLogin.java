package org.communitysso.keycloak;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jboss.logging.Logger;
import org.keycloak.component.ComponentModel;
import org.keycloak.events.Details;
import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventListenerTransaction;
import org.keycloak.events.EventType;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.executors.ExecutorsProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.LDAPConstants;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.storage.UserStorageProvider;
import org.keycloak.storage.UserStorageUtil;
import org.keycloak.storage.ldap.LDAPStorageProvider;
import org.keycloak.storage.ldap.idm.model.LDAPObject;
import org.keycloak.storage.ldap.mappers.LDAPStorageMapper;
import org.keycloak.storage.ldap.mappers.UserAttributeLDAPStorageMapper;

/**
 * Event listener that writes the time of a person's last login, by password or through an identity provider, to
 * the user attribute {@value #ATTRIBUTE}, in UTC as LDAP writes it ({@code 20261122045530Z}, RFC 4517 section
 * 3.3.13), so that it sorts as text. Of an account of a directory it is written to the entry alone, where an attribute
 * mapper has it read from there.
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
                if (user == null) return;
                String time = generalizedTime(login.getTime());
                directoryAttribute(realm, user)
                        .ifPresentOrElse(
                                attribute -> writeToDirectory(session, realm, user, attribute, time),
                                () -> user.setSingleAttribute(ATTRIBUTE, time));
            });
        } catch (RuntimeException failure) {
            warn(login, failure);
        }
    }

    /** What the directory that an account comes from calls the attribute; none where a mapper does not carry it there. */
    private static Optional<String> directoryAttribute(RealmModel realm, UserModel user) {
        if (user.getFederationLink() == null) return Optional.empty();
        return realm.getComponentsStream(user.getFederationLink(), LDAPStorageMapper.class.getName())
                .filter(mapper -> ATTRIBUTE.equals(mapper.get(UserAttributeLDAPStorageMapper.USER_MODEL_ATTRIBUTE)))
                .map(mapper -> mapper.get(UserAttributeLDAPStorageMapper.LDAP_ATTRIBUTE))
                .findFirst();
    }

    /**
     * Writes one attribute of the entry, for which Keycloak's own way loads the account, and then writes all attributes
     * that people may change.
     */
    @SuppressWarnings("deprecation") // What is to take its place finds no federations, and Keycloak's own sync asks so too.
    private static void writeToDirectory(
            KeycloakSession session, RealmModel realm, UserModel user, String attribute, String time) {
        ComponentModel federation = realm.getComponent(user.getFederationLink());
        LDAPStorageProvider directory =
                (LDAPStorageProvider) session.getProvider(UserStorageProvider.class, federation);
        LDAPObject known = directory.loadLDAPUserByUuid(realm, user.getFirstAttribute(LDAPConstants.LDAP_ID));
        if (known == null) return; // deleted meanwhile
        LDAPObject change = new LDAPObject();
        change.setDn(known.getDn());
        change.setRdnAttributeNames(known.getRdnAttributeNames());
        change.setSingleAttribute(attribute, time);
        directory.getLdapIdentityStore().update(change);
        UserStorageUtil.userCache(session).evict(realm, user);
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
