package org.communitysso.keycloak;

import java.util.Set;
import org.keycloak.component.ComponentModel;
import org.keycloak.storage.ldap.LDAPStorageProvider;
import org.keycloak.storage.ldap.mappers.AbstractLDAPStorageMapper;
import org.keycloak.storage.ldap.mappers.FullNameLDAPStorageMapper;
import org.keycloak.storage.ldap.mappers.FullNameLDAPStorageMapperFactory;

/**
 * Keycloak's full-name mapper, which lays no claim to first and last name. Where another mapper has these too, Keycloak
 * 26.7 finds them twice in the profile of somebody who changes the e-mail address, and fails.
 */
public final class FullNameMapper extends FullNameLDAPStorageMapper {
    public static final String ID = "sso-full-name-ldap-mapper";

    FullNameMapper(ComponentModel settings, LDAPStorageProvider provider) {
        super(settings, provider);
    }

    @Override
    public Set<String> getUserAttributes() {
        return Set.of();
    }

    /** {@link FullNameMapper} under its id. */
    public static final class Factory extends FullNameLDAPStorageMapperFactory {
        @Override
        protected AbstractLDAPStorageMapper createMapper(ComponentModel settings, LDAPStorageProvider provider) {
            return new FullNameMapper(settings, provider);
        }

        @Override
        public String getHelpText() {
            return "Writes first and last name into one attribute of the directory, beside the mappers of each.";
        }

        @Override
        public String getId() {
            return ID;
        }
    }
}
