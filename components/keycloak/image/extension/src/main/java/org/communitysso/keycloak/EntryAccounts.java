package org.communitysso.keycloak;

import java.util.function.BiConsumer;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.LDAPConstants;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** The accounts of one entry of the directory: each realm that federates the directory has its own, with its own cache. */
final class EntryAccounts {
    private EntryAccounts() {}

    /** Does something with an account, and then with those that other realms have of the same entry, if it has one. */
    static void forEach(
            KeycloakSession session, RealmModel realm, UserModel user, BiConsumer<RealmModel, UserModel> action) {
        String username = user.getUsername();
        String entry = entryOf(user);
        action.accept(realm, user);
        if (entry == null) return;
        KeycloakContext context = session.getContext();
        RealmModel before = context.getRealm();
        session.realms()
                .getRealmsStream()
                .filter(other -> !other.getId().equals(realm.getId()))
                .toList()
                .forEach(other -> {
                    context.setRealm(other);
                    UserModel account = session.users().getUserByUsername(other, username);
                    if (account != null && entry.equals(entryOf(account))) action.accept(other, account);
                });
        context.setRealm(before);
    }

    private static String entryOf(UserModel user) {
        return user.getFederationLink() == null ? null : user.getFirstAttribute(LDAPConstants.LDAP_ID);
    }
}
