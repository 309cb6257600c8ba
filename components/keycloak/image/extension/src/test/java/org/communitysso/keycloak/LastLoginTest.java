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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keycloak.events.Event;
import org.keycloak.events.EventType;
import org.keycloak.executors.ExecutorsProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.KeycloakTransaction;
import org.keycloak.models.KeycloakTransactionManager;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.adapter.InMemoryUserAdapter;

class LastLoginTest {
    private static final long TIME = 1_795_323_330_000L;
    private static final String TIME_AS_TEXT = "20261122045530Z";

    private final KeycloakSession request = mock(KeycloakSession.class, RETURNS_DEEP_STUBS);
    private final KeycloakSession later = mock(KeycloakSession.class, RETURNS_DEEP_STUBS);
    private final RealmModel realm = mock(RealmModel.class);
    private final UserModel ada = new InMemoryUserAdapter(later, realm, "ada-id");
    private final ExecutorService executor = mock(ExecutorService.class);
    private final List<Runnable> queue = new ArrayList<>();
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
        new LastLogin(request).onEvent(event(EventType.LOGIN));
        commit();
        queue.forEach(Runnable::run);
        verify(later.getTransactionManager()).setRollbackOnly();
    }

    @Test
    void serverThatStopsBreaksNoLogin() {
        doAnswer(call -> { throw new RejectedExecutionException(); }).when(executor).execute(any());
        new LastLogin(request).onEvent(event(EventType.LOGIN));
        commit();
        verify(executor).execute(any());
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
