package org.communitysso.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyZeroInteractions;
import static org.mockito.Mockito.when;

import java.util.List;
import javax.naming.directory.InvalidAttributeValueException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keycloak.component.ComponentModel;
import org.keycloak.component.ComponentValidationException;
import org.keycloak.models.ModelException;
import org.keycloak.models.UserModel;
import org.keycloak.storage.ReadOnlyException;
import org.keycloak.storage.UserStorageProvider.EditMode;
import org.keycloak.storage.ldap.idm.model.LDAPObject;

class AliasMapperTest {
    private final DirectoryEntries directory = new DirectoryEntries();
    private final ComponentModel settings = new ComponentModel();
    private final LDAPObject entry = DirectoryEntries.entry("Ada");
    private final UserModel local = directory.local(entry);
    private AliasMapper mapper;

    @BeforeEach
    void create() {
        settings.put("alias.domain", "alias.example.org");
        mapper = new AliasMapper(settings, directory.federation);
    }

    @Test
    void newAccountGetsItsAlias() {
        mapper.onRegisterUserToLDAP(entry, local, directory.realm);
        assertEquals("ada@alias.example.org", entry.getAttributeAsString("ssoMailAlias"));
        assertEquals("ada@alias.example.org", local.getFirstAttribute("alias"));
    }

    @Test
    void importedEntryWithoutAliasGetsOne() {
        mapper.onImportUserFromLDAP(entry, local, directory.realm, true);
        verify(directory.store).addMemberToGroup(entry.getDn().getLdapName(), "ssoMailAlias", "ada@alias.example.org");
        assertEquals("ada@alias.example.org", local.getFirstAttribute("alias"));
    }

    @Test
    void importedEntryKeepsTheAliasItHas() {
        entry.setSingleAttribute("ssoMailAlias", "countess@alias.example.org");
        mapper.onImportUserFromLDAP(entry, local, directory.realm, false);
        verifyZeroInteractions(directory.store);
        assertEquals("countess@alias.example.org", local.getFirstAttribute("alias"));
    }

    @Test
    void aliasThatTheDirectoryRefusesIsNotClaimed() {
        ModelException refused = new ModelException("not modified", new InvalidAttributeValueException("not unique"));
        doThrow(refused).when(directory.store).addMemberToGroup(any(), any(), any());
        mapper.onImportUserFromLDAP(entry, local, directory.realm, true);
        assertNull(local.getFirstAttribute("alias"));
    }

    @Test
    void directoryThatIsNotWritableIsLeftAlone() {
        when(directory.federation.getEditMode()).thenReturn(EditMode.READ_ONLY);
        mapper.onImportUserFromLDAP(entry, local, directory.realm, true);
        verifyZeroInteractions(directory.store);
    }

    @Test
    void nobodyChangesAnAlias() {
        entry.setSingleAttribute("ssoMailAlias", "ada@alias.example.org");
        UserModel account = mapper.proxy(entry, local, directory.realm);
        account.setUsername("countess");
        assertThrows(ReadOnlyException.class, () -> account.setSingleAttribute("alias", "x@alias.example.org"));
        assertThrows(ReadOnlyException.class, () -> account.setAttribute("alias", List.of("x@alias.example.org")));
        assertThrows(ReadOnlyException.class, () -> account.removeAttribute("alias"));
        assertEquals("ada@alias.example.org", account.getFirstAttribute("alias"));

        account.setSingleAttribute("locale", "en");
        assertEquals("en", account.getFirstAttribute("locale"));
    }

    @Test
    void domainIsRequired() {
        AliasMapper.Factory factory = new AliasMapper.Factory();
        factory.validateConfiguration(null, null, settings);
        settings.getConfig().remove("alias.domain");
        assertThrows(ComponentValidationException.class, () -> factory.validateConfiguration(null, null, settings));
    }
}
