package org.communitysso.keycloak;

import java.util.List;
import java.util.Set;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.ModelException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserCredentialModel;
import org.keycloak.models.UserModel;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.storage.UserStorageProvider.EditMode;
import org.keycloak.storage.ldap.LDAPStorageProvider;
import org.keycloak.storage.ldap.idm.model.LDAPObject;
import org.keycloak.storage.ldap.idm.query.internal.LDAPQuery;
import org.keycloak.storage.ldap.mappers.AbstractLDAPStorageMapper;
import org.keycloak.storage.ldap.mappers.AbstractLDAPStorageMapperFactory;
import org.keycloak.storage.ldap.mappers.LDAPOperationDecorator;
import org.keycloak.storage.ldap.mappers.PasswordUpdateCallback;
import org.keycloak.storage.ldap.mappers.TxAwareLDAPUserModelDelegate;
import org.keycloak.storage.ldap.mappers.UserAttributeLDAPStorageMapper;

/**
 * LDAP mapper that has the directory say who is kept out: it carries the user attribute {@link SpamLabel#ATTRIBUTE} to
 * and from it, and locks the entry of an account that is disabled, so that Postfix and whoever else reads the directory
 * know. An account whose entry has the label or the lock is not enabled, and gets in by no way that Keycloak knows. What
 * is written to the directory behind Keycloak's back counts with the next sync, or as soon as Keycloak loads the account
 * again.
 */
public final class KeptOutMapper extends UserAttributeLDAPStorageMapper implements PasswordUpdateCallback {
    public static final String ID = "sso-kept-out-ldap-mapper";

    private static final String DEFAULT_LDAP_ATTRIBUTE = "ssoSpamLabel";

    /** Attribute of the directory's password policy. A time in it is a lock that ends by itself. */
    static final String LOCK_ATTRIBUTE = "pwdAccountLockedTime";

    /** Its value for a lock that only an administrator takes off. */
    static final String LOCKED_FOR_GOOD = "000001010000Z";

    KeptOutMapper(ComponentModel settings, LDAPStorageProvider provider) {
        super(AttributeMapping.of(settings, SpamLabel.ATTRIBUTE, DEFAULT_LDAP_ATTRIBUTE), provider);
        provider.setUpdater(this);
    }

    @Override
    public void beforeLDAPQuery(LDAPQuery query) {
        super.beforeLDAPQuery(query);
        query.addReturningLdapAttribute(LOCK_ATTRIBUTE);
        // Written only where it changes: the directory sets and ends locks of its own meanwhile.
        query.addReturningReadOnlyLdapAttribute(LOCK_ATTRIBUTE);
    }

    @Override
    public UserModel proxy(LDAPObject entry, UserModel local, RealmModel realm) {
        return new Guarded(super.proxy(entry, local, realm), ldapProvider, entry);
    }

    @Override
    public LDAPOperationDecorator beforePasswordUpdate(UserModel user, LDAPObject entry, UserCredentialModel password) {
        return null;
    }

    /** The directory's password policy takes every lock off with a new password, also an administrator's. */
    @Override
    public void passwordUpdated(UserModel user, LDAPObject entry, UserCredentialModel password) {
        if (!isLocked(entry)) return;
        // Despite its name it adds one value to an entry of any kind.
        ldapProvider
                .getLdapIdentityStore()
                .addMemberToGroup(entry.getDn().getLdapName(), LOCK_ATTRIBUTE, LOCKED_FOR_GOOD);
    }

    @Override
    public void passwordUpdateFailed(
            UserModel user, LDAPObject entry, UserCredentialModel password, ModelException failure) {
        throw failure;
    }

    private static boolean isLocked(LDAPObject entry) {
        return LOCKED_FOR_GOOD.equals(entry.getAttributeAsString(LOCK_ATTRIBUTE));
    }

    private static final class Guarded extends TxAwareLDAPUserModelDelegate {
        private final boolean labelledAtFirst = isLabelled();

        Guarded(UserModel account, LDAPStorageProvider provider, LDAPObject entry) {
            super(account, provider, entry);
        }

        @Override
        public boolean isEnabled() {
            return !isLabelled() && !isLocked(ldapUser) && super.isEnabled();
        }

        /** The console takes a label off and, in the same request, sends back that the account is disabled. */
        @Override
        public void setEnabled(boolean enabled) {
            if (!enabled && labelledAtFirst) return;
            super.setEnabled(enabled);
            if (enabled == isLocked(ldapUser) && provider.getEditMode() == EditMode.WRITABLE) setLocked(!enabled);
        }

        private void setLocked(boolean locked) {
            ensureTransactionStarted();
            markUpdatedAttributeInTransaction(LOCK_ATTRIBUTE); // or the entry would not be written
            ldapUser.removeReadOnlyAttributeName(LOCK_ATTRIBUTE);
            ldapUser.setAttribute(LOCK_ATTRIBUTE, locked ? Set.of(LOCKED_FOR_GOOD) : Set.of());
        }

        private boolean isLabelled() {
            return getFirstAttribute(SpamLabel.ATTRIBUTE) != null;
        }
    }

    /** {@link KeptOutMapper} under its id. */
    public static final class Factory extends AbstractLDAPStorageMapperFactory {
        @Override
        protected AbstractLDAPStorageMapper createMapper(ComponentModel settings, LDAPStorageProvider provider) {
            return new KeptOutMapper(settings, provider);
        }

        @Override
        public List<ProviderConfigProperty> getConfigProperties() {
            return List.of(AttributeMapping.ldapAttribute(DEFAULT_LDAP_ATTRIBUTE));
        }

        @Override
        public String getHelpText() {
            return "Carries the spam label and the lock of disabled accounts to and from the directory.";
        }

        @Override
        public String getId() {
            return ID;
        }
    }
}
