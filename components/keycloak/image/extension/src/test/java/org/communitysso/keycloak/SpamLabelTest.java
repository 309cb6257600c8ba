package org.communitysso.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakTransaction;
import org.keycloak.models.KeycloakTransactionManager;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.UserSessionProvider;
import org.keycloak.models.cache.CachedUserModel;
import org.keycloak.storage.adapter.InMemoryUserAdapter;

class SpamLabelTest {
    private final KeycloakSession request = mock(KeycloakSession.class, RETURNS_DEEP_STUBS);
    private final KeycloakSession afterwards = mock(KeycloakSession.class, RETURNS_DEEP_STUBS);
    private final UserSessionProvider sessions = mock(UserSessionProvider.class);
    private final UserSessionModel offline = mock(UserSessionModel.class);
    private final RealmModel realm = mock(RealmModel.class);
    private final UserModel mallory = new InMemoryUserAdapter(afterwards, realm, "mallory-id");
    private KeycloakTransaction afterChange;

    @BeforeEach
    void connect() {
        mallory.setEnabled(true);
        KeycloakTransactionManager transactions = request.getTransactionManager();
        doAnswer(call -> afterChange = call.getArgument(0)).when(transactions).enlistAfterCompletion(any());
        when(request.getKeycloakSessionFactory().create()).thenReturn(afterwards);
        when(afterwards.getAttribute(any())).thenReturn(null);
        when(afterwards.realms().getRealm("realm-id")).thenReturn(realm);
        when(afterwards.users().getUserById(realm, "mallory-id")).thenReturn(mallory);
        when(afterwards.sessions()).thenReturn(sessions);
        when(sessions.getOfflineUserSessionsStream(realm, mallory)).thenAnswer(call -> Stream.of(offline));
    }

    @Test
    void labelClosesTheAccount() {
        mallory.setSingleAttribute(SpamLabel.ATTRIBUTE, "wiki spam");
        follow();
        assertFalse(mallory.isEnabled());
        assertEquals(SpamLabel.DISABLED_REASON, mallory.getFirstAttribute(UserModel.DISABLED_REASON));
        verify(sessions).removeUserSessions(realm, mallory);
        verify(sessions).removeOfflineUserSession(realm, offline);
    }

    @Test
    void withoutItsLabelTheAccountIsOpenAgain() {
        mallory.setSingleAttribute(SpamLabel.ATTRIBUTE, "wiki spam");
        follow();
        mallory.removeAttribute(SpamLabel.ATTRIBUTE);
        follow();
        assertTrue(mallory.isEnabled());
        assertNull(mallory.getFirstAttribute(UserModel.DISABLED_REASON));
    }

    @Test
    void accountThatWasDisabledBeforeStaysSo() {
        mallory.setEnabled(false);
        mallory.setSingleAttribute(SpamLabel.ATTRIBUTE, "wiki spam");
        follow();
        mallory.removeAttribute(SpamLabel.ATTRIBUTE);
        follow();
        assertFalse(mallory.isEnabled());
    }

    @Test
    void accountWithoutLabelKeepsItsSessions() {
        follow();
        assertTrue(mallory.isEnabled());
        verify(sessions, never()).removeUserSessions(realm, mallory);
    }

    @Test
    void cachedAccountIsLoadedAnew() {
        CachedUserModel cached = mock(CachedUserModel.class);
        SpamLabel.follow(sessions, realm, cached);
        verify(cached).invalidate();
    }

    @Test
    void onlyWritesOfUsersCount() {
        mallory.setSingleAttribute(SpamLabel.ATTRIBUTE, "wiki spam");

        commit(event(ResourceType.CLIENT, OperationType.UPDATE, "clients/mallory-id"));
        commit(event(ResourceType.USER, OperationType.DELETE, "users/mallory-id"));
        assertTrue(mallory.isEnabled());

        commit(event(ResourceType.USER, OperationType.UPDATE, "users/mallory-id"));
        assertFalse(mallory.isEnabled());
    }

    /** Keycloak makes the listener when a request begins, and the transaction of a directory later. */
    @Test
    void itsTransactionIsEnlistedWithTheEventOnly() {
        SpamLabel listener = new SpamLabel(request);
        assertNull(afterChange);
        listener.onEvent(event(ResourceType.USER, OperationType.UPDATE, "users/mallory-id"), false);
        assertNotNull(afterChange);
    }

    private void follow() {
        SpamLabel.follow(sessions, realm, mallory);
    }

    private void commit(AdminEvent event) {
        afterChange = null;
        new SpamLabel(request).onEvent(event, false);
        if (afterChange == null) return;
        afterChange.begin();
        afterChange.commit();
    }

    private static AdminEvent event(ResourceType type, OperationType operation, String path) {
        AdminEvent event = new AdminEvent();
        event.setResourceType(type);
        event.setOperationType(operation);
        event.setResourcePath(path);
        event.setRealmId("realm-id");
        return event;
    }
}
