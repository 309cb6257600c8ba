package org.communitysso.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.ldap.idm.model.LDAPObject;

class SpamLabelMapperTest {
    private final DirectoryEntries directory = new DirectoryEntries();
    private final SpamLabelMapper mapper = new SpamLabelMapper(new ComponentModel(), directory.federation);
    private final LDAPObject entry = DirectoryEntries.entry("mallory");

    @Test
    void accountWithoutLabelIsEnabled() {
        UserModel account = account();
        assertTrue(account.isEnabled());
        account.setEnabled(false);
        assertFalse(account.isEnabled());
    }

    @Test
    void labelInTheDirectoryDisables() {
        entry.setSingleAttribute("ssoSpamLabel", "wiki spam");
        UserModel account = account();
        assertFalse(account.isEnabled());
        assertEquals("wiki spam", account.getFirstAttribute("spam"));
    }

    @Test
    void labelIsCarriedToTheDirectory() {
        UserModel account = account();
        account.setSingleAttribute("spam", "wiki spam");
        assertEquals("wiki spam", entry.getAttributeAsString("ssoSpamLabel"));
        assertFalse(account.isEnabled());
    }

    @Test
    void labelledAccountCannotBeEnabled() {
        entry.setSingleAttribute("ssoSpamLabel", "wiki spam");
        UserModel account = account();
        account.setEnabled(true);
        assertFalse(account.isEnabled());
    }

    @Test
    void consoleThatTakesTheLabelOffDoesNotDisable() {
        entry.setSingleAttribute("ssoSpamLabel", "wiki spam");
        UserModel account = account();
        account.removeAttribute("spam");
        account.setEnabled(false);
        assertNull(entry.getAttributeAsString("ssoSpamLabel"));
        assertTrue(account.isEnabled());
    }

    @Test
    void attributeOfTheDirectoryCanBeAnother() {
        ComponentModel settings = new ComponentModel();
        settings.put("ldap.attribute", "description");
        entry.setSingleAttribute("description", "wiki spam");
        SpamLabelMapper other = new SpamLabelMapper(settings, directory.federation);
        assertFalse(other.proxy(entry, directory.local(entry), directory.realm).isEnabled());
    }

    private UserModel account() {
        return mapper.proxy(entry, directory.local(entry), directory.realm);
    }
}
