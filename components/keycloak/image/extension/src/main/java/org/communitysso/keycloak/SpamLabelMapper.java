package org.communitysso.keycloak;

import java.util.List;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.UserModelDelegate;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.storage.ldap.LDAPStorageProvider;
import org.keycloak.storage.ldap.idm.model.LDAPObject;
import org.keycloak.storage.ldap.mappers.AbstractLDAPStorageMapper;
import org.keycloak.storage.ldap.mappers.AbstractLDAPStorageMapperFactory;
import org.keycloak.storage.ldap.mappers.UserAttributeLDAPStorageMapper;

/**
 * LDAP mapper that carries the user attribute {@link SpamLabel#ATTRIBUTE} to and from the directory and keeps an
 * account whose entry has the label from being enabled, so that it gets in by no way that Keycloak knows. A label
 * that is written to the directory behind Keycloak's back counts with the next sync, or as soon as Keycloak loads
 * the account again.
 */
public final class SpamLabelMapper extends UserAttributeLDAPStorageMapper {
    public static final String ID = "sso-spam-label-ldap-mapper";

    private static final String DEFAULT_LDAP_ATTRIBUTE = "ssoSpamLabel";

    SpamLabelMapper(ComponentModel settings, LDAPStorageProvider provider) {
        super(AttributeMapping.of(settings, SpamLabel.ATTRIBUTE, DEFAULT_LDAP_ATTRIBUTE), provider);
    }

    @Override
    public UserModel proxy(LDAPObject entry, UserModel local, RealmModel realm) {
        return new Labelled(super.proxy(entry, local, realm));
    }

    private static final class Labelled extends UserModelDelegate {
        private final boolean labelledAtFirst = isLabelled();

        Labelled(UserModel account) {
            super(account);
        }

        @Override
        public boolean isEnabled() {
            return !isLabelled() && super.isEnabled();
        }

        /** The console takes a label off and, in the same request, sends back that the account is disabled. */
        @Override
        public void setEnabled(boolean enabled) {
            if (enabled || !labelledAtFirst) super.setEnabled(enabled);
        }

        private boolean isLabelled() {
            return getFirstAttribute(SpamLabel.ATTRIBUTE) != null;
        }
    }

    /** {@link SpamLabelMapper} under its id. */
    public static final class Factory extends AbstractLDAPStorageMapperFactory {
        @Override
        protected AbstractLDAPStorageMapper createMapper(ComponentModel settings, LDAPStorageProvider provider) {
            return new SpamLabelMapper(settings, provider);
        }

        @Override
        public List<ProviderConfigProperty> getConfigProperties() {
            return List.of(AttributeMapping.ldapAttribute(DEFAULT_LDAP_ATTRIBUTE));
        }

        @Override
        public String getHelpText() {
            return "Carries the spam label to and from the directory; an account that has one cannot log in.";
        }

        @Override
        public String getId() {
            return ID;
        }
    }
}
