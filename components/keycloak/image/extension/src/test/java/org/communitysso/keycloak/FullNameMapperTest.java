package org.communitysso.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.ldap.idm.model.LDAPObject;

class FullNameMapperTest {
    private final DirectoryEntries directory = new DirectoryEntries();
    private final FullNameMapper mapper = new FullNameMapper(new ComponentModel(), directory.federation);
    private final LDAPObject entry = DirectoryEntries.entry("ada");

    @Test
    void namesAreLeftToTheirOwnMappers() {
        assertEquals(Set.of(), mapper.getUserAttributes());
    }

    @Test
    void fullNameIsWrittenAllTheSame() {
        UserModel local = directory.local(entry);
        local.setFirstName("Ada");
        local.setLastName("Lovelace");
        mapper.onRegisterUserToLDAP(entry, local, directory.realm);
        assertEquals("Ada Lovelace", entry.getAttributeAsString("cn"));
    }
}
