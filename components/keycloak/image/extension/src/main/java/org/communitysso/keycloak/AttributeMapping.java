package org.communitysso.keycloak;

import org.keycloak.component.ComponentModel;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.storage.ldap.mappers.UserAttributeLDAPStorageMapper;

/** Settings of an LDAP mapper that is Keycloak's attribute mapper, narrowed to one user attribute. */
final class AttributeMapping {
    /** Setting: name of the attribute in the directory. */
    static final String LDAP_ATTRIBUTE = UserAttributeLDAPStorageMapper.LDAP_ATTRIBUTE;

    private AttributeMapping() {}

    static ProviderConfigProperty ldapAttribute(String defaultValue) {
        return new ProviderConfigProperty(
                LDAP_ATTRIBUTE,
                "LDAP attribute",
                "Name of the attribute in the directory.",
                ProviderConfigProperty.STRING_TYPE,
                defaultValue);
    }

    /**
     * The settings as Keycloak's mapper reads them. It always takes the directory's value, so that a change there
     * counts without a sync.
     */
    static ComponentModel of(ComponentModel mapper, String userAttribute, String defaultLdapAttribute) {
        ComponentModel settings = new ComponentModel(mapper);
        settings.put(LDAP_ATTRIBUTE, mapper.get(LDAP_ATTRIBUTE, defaultLdapAttribute));
        settings.put(UserAttributeLDAPStorageMapper.USER_MODEL_ATTRIBUTE, userAttribute);
        settings.put(UserAttributeLDAPStorageMapper.ALWAYS_READ_VALUE_FROM_LDAP, true);
        return settings;
    }
}
