package org.communitysso.keycloak;

import java.util.List;
import java.util.Locale;
import org.jboss.logging.Logger;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.UserModelDelegate;
import org.keycloak.provider.ConfigurationValidationHelper;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.storage.ReadOnlyException;
import org.keycloak.storage.UserStorageProvider.EditMode;
import org.keycloak.storage.ldap.LDAPStorageProvider;
import org.keycloak.storage.ldap.LDAPUtils;
import org.keycloak.storage.ldap.idm.model.LDAPObject;
import org.keycloak.storage.ldap.idm.store.ldap.LDAPIdentityStore;
import org.keycloak.storage.ldap.mappers.AbstractLDAPStorageMapper;
import org.keycloak.storage.ldap.mappers.AbstractLDAPStorageMapperFactory;
import org.keycloak.storage.ldap.mappers.UserAttributeLDAPStorageMapper;

/**
 * LDAP mapper that gives every account an e-mail alias {@code <username>@<alias domain>}, in the user attribute
 * {@value #ATTRIBUTE} and in its entry: when the account is made in Keycloak, or when an entry without one is
 * imported. From then on nothing in Keycloak changes the alias, not even a new user name.
 *
 * <p>An imported entry whose alias the directory refuses, because another one has it already, stays without; the log
 * says so.
 */
public final class AliasMapper extends UserAttributeLDAPStorageMapper {
    public static final String ID = "sso-alias-ldap-mapper";
    public static final String ATTRIBUTE = "alias";

    /** Setting: domain of the aliases. */
    static final String ALIAS_DOMAIN = "alias.domain";

    private static final String DEFAULT_LDAP_ATTRIBUTE = "ssoMailAlias";
    private static final Logger LOG = Logger.getLogger(AliasMapper.class);

    private final String domain;
    private final String ldapAttribute;

    AliasMapper(ComponentModel settings, LDAPStorageProvider provider) {
        super(AttributeMapping.of(settings, ATTRIBUTE, DEFAULT_LDAP_ATTRIBUTE), provider);
        // Keycloak's mapper then leaves the attribute out of what it writes back to an entry.
        mapperModel.put(READ_ONLY, true);
        domain = mapperModel.get(ALIAS_DOMAIN);
        ldapAttribute = mapperModel.get(LDAP_ATTRIBUTE);
    }

    /** {@value #ALIAS_DOMAIN} as the console asks for it. */
    static ProviderConfigProperty aliasDomain() {
        return new ProviderConfigProperty(
                ALIAS_DOMAIN,
                "Alias domain",
                "Domain of the aliases, such as alias.example.org.",
                ProviderConfigProperty.STRING_TYPE,
                null);
    }

    /** Alias that an account of this name gets; in lower case, as user names are. */
    static String aliasOf(String username, String domain) {
        return (username + "@" + domain).toLowerCase(Locale.ROOT);
    }

    @Override
    public void onRegisterUserToLDAP(LDAPObject entry, UserModel local, RealmModel realm) {
        local.setSingleAttribute(ATTRIBUTE, aliasOf(local.getUsername(), domain));
        super.onRegisterUserToLDAP(entry, local, realm);
    }

    @Override
    public void onImportUserFromLDAP(LDAPObject entry, UserModel local, RealmModel realm, boolean isCreate) {
        if (entry.getAttributeAsString(ldapAttribute) == null && ldapProvider.getEditMode() == EditMode.WRITABLE) {
            addAlias(entry, realm);
        }
        super.onImportUserFromLDAP(entry, local, realm, isCreate);
    }

    /** Writes the alias and nothing else, so that no other change of the entry is lost. */
    private void addAlias(LDAPObject entry, RealmModel realm) {
        LDAPIdentityStore store = ldapProvider.getLdapIdentityStore();
        String alias = aliasOf(LDAPUtils.getUsername(entry, store.getConfig()), domain);
        try {
            // Despite its name it adds one value to an entry of any kind.
            store.addMemberToGroup(entry.getDn().getLdapName(), ldapAttribute, alias);
        } catch (ModelException refused) {
            Throwable reason = refused.getCause();
            LOG.warnf("realm %s: %s stays without the alias %s: %s", realm.getName(), entry.getDn(), alias, reason);
            return;
        }
        entry.setSingleAttribute(ldapAttribute, alias);
        entry.addReadOnlyAttributeName(ldapAttribute);
    }

    @Override
    public UserModel proxy(LDAPObject entry, UserModel local, RealmModel realm) {
        return new WithFixedAlias(super.proxy(entry, local, realm));
    }

    private static final class WithFixedAlias extends UserModelDelegate {
        WithFixedAlias(UserModel account) {
            super(account);
        }

        @Override
        public void setSingleAttribute(String name, String value) {
            refuseAlias(name);
            super.setSingleAttribute(name, value);
        }

        @Override
        public void setAttribute(String name, List<String> values) {
            refuseAlias(name);
            super.setAttribute(name, values);
        }

        @Override
        public void removeAttribute(String name) {
            refuseAlias(name);
            super.removeAttribute(name);
        }

        private static void refuseAlias(String name) {
            if (name.equals(ATTRIBUTE)) throw new ReadOnlyException("the alias of an account never changes");
        }
    }

    /** {@link AliasMapper} under its id. */
    public static final class Factory extends AbstractLDAPStorageMapperFactory {
        @Override
        protected AbstractLDAPStorageMapper createMapper(ComponentModel settings, LDAPStorageProvider provider) {
            return new AliasMapper(settings, provider);
        }

        @Override
        public void validateConfiguration(KeycloakSession session, RealmModel realm, ComponentModel settings) {
            ConfigurationValidationHelper.check(settings).checkRequired(ALIAS_DOMAIN, "Alias domain");
        }

        @Override
        public List<ProviderConfigProperty> getConfigProperties() {
            return List.of(AttributeMapping.ldapAttribute(DEFAULT_LDAP_ATTRIBUTE), aliasDomain());
        }

        @Override
        public String getHelpText() {
            return "Gives every account the alias <username>@<alias domain>, once and for all.";
        }

        @Override
        public String getId() {
            return ID;
        }
    }
}
