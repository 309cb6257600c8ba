package org.communitysso.keycloak;

import java.util.function.BiConsumer;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.LDAPConstants;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserProvider;
import org.keycloak.storage.UserStoragePrivateUtil;

/**
 * The accounts of one entry of the directory: each realm that federates the directory has its own, with its own cache.
 * Realms that do not know the entry yet are not made to import it, which in the middle of a change may be half of one.
 */
final class EntryAccounts {
    private EntryAccounts() {}

    /** Does something with an account, and then with those that other realms have of the same entry, if it has one. */
    static void forEach(
            KeycloakSession session, RealmModel realm, UserModel user, BiConsumer<RealmModel, UserModel> action) {
        String username = user.getUsername();
        String entry = entryOf(user);
        action.accept(realm, user);
        if (entry == null) return;
        UserProvider known = UserStoragePrivateUtil.userLocalStorage(session);
        KeycloakContext context = session.getContext();
        RealmModel before = context.getRealm();
        session.realms()
                .getRealmsStream()
                .filter(other -> !other.getId().equals(realm.getId()))
                .toList()
                .forEach(other -> {
                    UserModel imported = known.getUserByUsername(other, username);
                    if (imported == null || !entry.equals(entryOf(imported))) return;
                    context.setRealm(other);
                    UserModel account = session.users().getUserById(other, imported.getId());
                    if (account != null) action.accept(other, account);
                });
        context.setRealm(before);
    }

    private static String entryOf(UserModel user) {
        return user.getFederationLink() == null ? null : user.getFirstAttribute(LDAPConstants.LDAP_ID);
    }
}
