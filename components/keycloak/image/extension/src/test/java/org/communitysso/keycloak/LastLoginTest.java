package org.communitysso.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keycloak.component.ComponentModel;
import org.keycloak.events.Event;
import org.keycloak.events.EventType;
import org.keycloak.executors.ExecutorsProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.KeycloakTransaction;
import org.keycloak.models.KeycloakTransactionManager;
import org.keycloak.models.LDAPConstants;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.cache.UserCache;
import org.keycloak.storage.UserStorageProvider;
import org.keycloak.storage.adapter.InMemoryUserAdapter;
import org.keycloak.storage.ldap.idm.model.LDAPObject;
import org.keycloak.storage.ldap.mappers.LDAPStorageMapper;
import org.keycloak.storage.ldap.mappers.UserAttributeLDAPStorageMapper;
import org.mockito.ArgumentCaptor;

class LastLoginTest {
    private static final long TIME = 1_795_323_330_000L;
    private static final String TIME_AS_TEXT = "20261122045530Z";

    private final KeycloakSession request = mock(KeycloakSession.class, RETURNS_DEEP_STUBS);
    private final KeycloakSession later = mock(KeycloakSession.class, RETURNS_DEEP_STUBS);
    private final RealmModel realm = mock(RealmModel.class);
    private final UserModel ada = new InMemoryUserAdapter(later, realm, "ada-id");
    private final ExecutorService executor = mock(ExecutorService.class);
    private final List<Runnable> queue = new ArrayList<>();
    private final UserCache cache = mock(UserCache.class);
    private KeycloakTransaction afterLogin;

    @BeforeEach
    void connect() {
        KeycloakTransactionManager transactions = request.getTransactionManager();
        doAnswer(call -> afterLogin = call.getArgument(0)).when(transactions).enlistAfterCompletion(any());
        KeycloakSessionFactory sessions = mock(KeycloakSessionFactory.class);
        when(request.getKeycloakSessionFactory()).thenReturn(sessions);
        when(sessions.create()).thenReturn(later);
        ExecutorsProvider executors = mock(ExecutorsProvider.class);
        doReturn(executors).when(request).getProvider(ExecutorsProvider.class);
        when(executors.getExecutor(LastLogin.ID)).thenReturn(executor);
        doAnswer(call -> queue.add(call.getArgument(0))).when(executor).execute(any());
        when(later.getAttribute(any())).thenReturn(null);
        when(later.realms().getRealm("realm-id")).thenReturn(realm);
        when(later.users().getUserById(realm, "ada-id")).thenReturn(ada);
    }

    @Test
    void timeSortsAsText() {
        assertEquals(TIME_AS_TEXT, LastLogin.generalizedTime(TIME));
    }

    @Test
    void loginIsWrittenAfterItsTransactionOnAnotherThread() {
        new LastLogin(request).onEvent(event(EventType.LOGIN));
        verify(executor, never()).execute(any());

        commit();
        assertNull(ada.getFirstAttribute(LastLogin.ATTRIBUTE));

        queue.forEach(Runnable::run);
        assertEquals(TIME_AS_TEXT, ada.getFirstAttribute(LastLogin.ATTRIBUTE));
    }

    @Test
    void ofAnEntryInTheDirectoryNothingElseIsWritten() {
        DirectoryEntries directory = comesFromDirectory(mapperOf(LastLogin.ATTRIBUTE));
        LDAPObject entry = DirectoryEntries.entry("ada");
        when(directory.federation.loadLDAPUserByUuid(realm, "ada-uuid")).thenReturn(entry);
        logIn();

        ArgumentCaptor<LDAPObject> written = ArgumentCaptor.forClass(LDAPObject.class);
        verify(directory.store).update(written.capture());
        assertEquals(entry.getDn(), written.getValue().getDn());
        assertEquals(Map.of("ssoLastLogin", Set.of(TIME_AS_TEXT)), written.getValue().getAttributes());
        verify(cache).evict(realm, ada);
    }

    @Test
    void entryThatIsGoneIsNotWritten() {
        DirectoryEntries directory = comesFromDirectory(mapperOf(LastLogin.ATTRIBUTE));
        logIn();
        verify(directory.store, never()).update(any());
    }

    @Test
    void directoryThatNoMapperCarriesItToIsNotWritten() {
        DirectoryEntries directory = comesFromDirectory(mapperOf("email"));
        logIn();
        verify(directory.store, never()).update(any());
        assertEquals(TIME_AS_TEXT, ada.getFirstAttribute(LastLogin.ATTRIBUTE));
    }

    @Test
    void otherEventsAreNotLogins() {
        LastLogin listener = new LastLogin(request);
        for (EventType type : List.of(EventType.CODE_TO_TOKEN, EventType.LOGIN_ERROR, EventType.REFRESH_TOKEN)) {
            listener.onEvent(event(type));
        }
        commit();
        verify(executor, never()).execute(any());
    }

    @Test
    void failedWriteStaysOnItsThread() {
        when(later.users().getUserById(realm, "ada-id")).thenThrow(new IllegalStateException("directory away"));
        logIn();
        verify(later.getTransactionManager()).setRollbackOnly();
    }

    @Test
    void serverThatStopsBreaksNoLogin() {
        doAnswer(call -> { throw new RejectedExecutionException(); }).when(executor).execute(any());
        new LastLogin(request).onEvent(event(EventType.LOGIN));
        commit();
        verify(executor).execute(any());
    }

    /** Has Ada come from a directory, whose federation has this mapper. */
    @SuppressWarnings("deprecation") // as in what is tested
    private DirectoryEntries comesFromDirectory(ComponentModel mapper) {
        DirectoryEntries directory = new DirectoryEntries();
        ComponentModel federation = new ComponentModel();
        ada.setFederationLink("ldap-id");
        ada.setSingleAttribute(LDAPConstants.LDAP_ID, "ada-uuid");
        when(realm.getComponent("ldap-id")).thenReturn(federation);
        when(realm.getComponentsStream("ldap-id", LDAPStorageMapper.class.getName())).thenReturn(Stream.of(mapper));
        doReturn(directory.federation).when(later).getProvider(UserStorageProvider.class, federation);
        when(directory.federation.loadLDAPUserByUuid(any(), any())).thenReturn(null);
        doReturn(cache).when(later).getProvider(UserCache.class);
        return directory;
    }

    private static ComponentModel mapperOf(String userAttribute) {
        ComponentModel mapper = new ComponentModel();
        mapper.put(UserAttributeLDAPStorageMapper.USER_MODEL_ATTRIBUTE, userAttribute);
        mapper.put(UserAttributeLDAPStorageMapper.LDAP_ATTRIBUTE, "ssoLastLogin");
        return mapper;
    }

    private void logIn() {
        new LastLogin(request).onEvent(event(EventType.LOGIN));
        commit();
        queue.forEach(Runnable::run);
    }

    private void commit() {
        if (afterLogin == null) return;
        afterLogin.begin();
        afterLogin.commit();
    }

    private static Event event(EventType type) {
        Event event = new Event();
        event.setType(type);
        event.setTime(TIME);
        event.setRealmId("realm-id");
        event.setRealmName("community");
        event.setUserId("ada-id");
        event.setDetails(Map.of("username", "ada"));
        return event;
    }
}
