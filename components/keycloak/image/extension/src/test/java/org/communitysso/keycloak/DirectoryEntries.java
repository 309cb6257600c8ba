package org.communitysso.keycloak;

import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.UserStorageProvider.EditMode;
import org.keycloak.storage.adapter.InMemoryUserAdapter;
import org.keycloak.storage.ldap.LDAPConfig;
import org.keycloak.storage.ldap.LDAPStorageProvider;
import org.keycloak.storage.ldap.LDAPStorageUserManager;
import org.keycloak.storage.ldap.idm.model.LDAPDn;
import org.keycloak.storage.ldap.idm.model.LDAPObject;
import org.keycloak.storage.ldap.idm.store.ldap.LDAPIdentityStore;

/** A federation with a directory, for the tests of its mappers. */
final class DirectoryEntries {
    final RealmModel realm = mock(RealmModel.class);
    final LDAPIdentityStore store = mock(LDAPIdentityStore.class);
    final LDAPStorageProvider federation = mock(LDAPStorageProvider.class, RETURNS_DEEP_STUBS);

    private final KeycloakSession session = mock(KeycloakSession.class);

    DirectoryEntries() {
        MultivaluedHashMap<String, String> settings = new MultivaluedHashMap<>();
        settings.putSingle("usernameLDAPAttribute", "uid");
        when(store.getConfig()).thenReturn(new LDAPConfig(settings));
        when(federation.getLdapIdentityStore()).thenReturn(store);
        when(federation.getEditMode()).thenReturn(EditMode.WRITABLE);
        when(federation.getUserManager()).thenReturn(new LDAPStorageUserManager(federation));
    }

    /** Entry of somebody whom Keycloak has not heard of. */
    static LDAPObject entry(String username) {
        LDAPObject entry = new LDAPObject();
        entry.setDn(LDAPDn.fromString("uid=" + username + ",ou=users,dc=example,dc=org"));
        entry.setSingleAttribute("uid", username);
        return entry;
    }

    /** The account in Keycloak's own database that belongs to an entry. */
    UserModel local(LDAPObject entry) {
        UserModel local = new InMemoryUserAdapter(session, realm, entry.getDn().toString());
        local.setUsername(entry.getAttributeAsString("uid"));
        local.setEnabled(true);
        federation.getUserManager().setManagedProxiedUser(local, entry);
        return local;
    }
}
