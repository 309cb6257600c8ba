package org.communitysso.keycloak;

import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.events.Event;
import org.keycloak.events.EventType;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

class PendingAddressTest {
    private final KeycloakSession session = mock(KeycloakSession.class, RETURNS_DEEP_STUBS);
    private final UserModel user = mock(UserModel.class);
    private final PendingAddress listener = new PendingAddress(session);

    @BeforeEach
    void anAccount() {
        RealmModel realm = mock(RealmModel.class);
        when(session.realms().getRealm("realm")).thenReturn(realm);
        when(session.users().getUserById(realm, "ada")).thenReturn(user);
    }

    @ParameterizedTest
    @EnumSource(
            value = EventType.class,
            names = {"UPDATE_CREDENTIAL", "REMOVE_CREDENTIAL", "REMOVE_FEDERATED_IDENTITY"})
    void isForgottenWhenTheOwnerTakesTheAccountBack(EventType type) {
        listener.onEvent(event(type));
        verify(user).removeAttribute("kc.email.pending");
    }

    @Test
    void isKeptOtherwise() {
        listener.onEvent(event(EventType.LOGIN));
        verify(user, never()).removeAttribute("kc.email.pending");
    }

    @ParameterizedTest
    @ValueSource(strings = {"users/ada/reset-password", "users/ada/federated-identity/github", "users/ada"})
    void isForgottenWhenAnAdministratorGivesTheAccountBack(String path) {
        listener.onEvent(adminEvent(path), false);
        verify(user).removeAttribute("kc.email.pending");
    }

    @Test
    void isKeptWhenAnAdministratorDoesSomethingElse() {
        listener.onEvent(adminEvent("users/ada/groups/1"), false);
        verify(user, never()).removeAttribute("kc.email.pending");
    }

    private static Event event(EventType type) {
        Event event = new Event();
        event.setType(type);
        event.setRealmId("realm");
        event.setUserId("ada");
        return event;
    }

    private static AdminEvent adminEvent(String path) {
        AdminEvent event = new AdminEvent();
        event.setResourceType(ResourceType.USER);
        event.setRealmId("realm");
        event.setResourcePath(path);
        return event;
    }
}
