package org.communitysso.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.LDAPConstants;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserProvider;
import org.keycloak.storage.DatastoreProvider;
import org.keycloak.storage.datastore.DefaultDatastoreProvider;
import org.mockito.InOrder;

class EntryAccountsTest {
    private final KeycloakSession session = mock(KeycloakSession.class, RETURNS_DEEP_STUBS);
    private final UserProvider imported = mock(UserProvider.class);
    private final KeycloakContext context = mock(KeycloakContext.class);
    private final RealmModel people = realm("people");
    private final RealmModel members = realm("members");
    private final RealmModel developers = realm("developers");
    private final UserModel ada = account("ldap", "entry-1");
    private final List<UserModel> reached = new ArrayList<>();

    @BeforeEach
    void realms() {
        when(session.getContext()).thenReturn(context);
        when(context.getRealm()).thenReturn(people);
        DefaultDatastoreProvider storage = mock(DefaultDatastoreProvider.class);
        doReturn(storage).when(session).getProvider(DatastoreProvider.class);
        when(storage.userLocalStorage()).thenReturn(imported);
        when(session.realms().getRealmsStream()).thenAnswer(call -> Stream.of(people, members, developers));
        has(people, ada);
        has(members, null);
        has(developers, null);
    }

    @Test
    void otherRealmsHaveAccountsOfTheEntryToo() {
        UserModel member = account("other-ldap", "entry-1");
        has(members, member);
        reach(ada);
        assertEquals(List.of(ada, member), reached);
        InOrder realms = inOrder(context);
        realms.verify(context).setRealm(members);
        realms.verify(context).setRealm(people);
    }

    @Test
    void aRealmThatDoesNotKnowTheEntryYetDoesNotImportIt() {
        reach(ada);
        assertEquals(List.of(ada), reached);
        verify(session.users(), never()).getUserByUsername(any(), any());
    }

    @Test
    void anAccountOfTheNameButOfAnotherEntryIsSomebodyElse() {
        has(members, account("other-ldap", "entry-2"));
        has(developers, account(null, null));
        reach(ada);
        assertEquals(List.of(ada), reached);
    }

    @Test
    void anAccountOfNoDirectoryIsAlone() {
        UserModel brokered = account(null, null);
        has(members, ada);
        reach(brokered);
        assertEquals(List.of(brokered), reached);
    }

    private void reach(UserModel user) {
        EntryAccounts.forEach(session, people, user, (realm, account) -> reached.add(account));
    }

    private void has(RealmModel realm, UserModel user) {
        when(imported.getUserByUsername(realm, "ada")).thenReturn(user);
        if (user != null) when(session.users().getUserById(realm, user.getId())).thenReturn(user);
    }

    private static RealmModel realm(String id) {
        RealmModel realm = mock(RealmModel.class);
        when(realm.getId()).thenReturn(id);
        return realm;
    }

    private static UserModel account(String federation, String entry) {
        UserModel user = mock(UserModel.class);
        when(user.getId()).thenReturn(entry + "-" + federation);
        when(user.getUsername()).thenReturn("ada");
        when(user.getFederationLink()).thenReturn(federation);
        when(user.getFirstAttribute(LDAPConstants.LDAP_ID)).thenReturn(entry);
        return user;
    }
}
