package org.communitysso.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import org.junit.jupiter.api.Test;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.UserModel;
import org.keycloak.storage.UserStorageProvider.EditMode;
import org.keycloak.storage.ldap.idm.model.LDAPObject;

class KeptOutMapperTest {
    private final DirectoryEntries directory = new DirectoryEntries();
    private final KeptOutMapper mapper = new KeptOutMapper(new ComponentModel(), directory.federation);
    private final LDAPObject entry = DirectoryEntries.entry("mallory");

    @Test
    void accountWithoutLabelIsEnabled() {
        UserModel account = account();
        assertTrue(account.isEnabled());
        account.setEnabled(false);
        assertFalse(account.isEnabled());
    }

    @Test
    void disabledAccountIsLockedInTheDirectoryUntilItIsEnabled() {
        UserModel account = account();
        account.setEnabled(false);
        assertEquals("000001010000Z", entry.getAttributeAsString("pwdAccountLockedTime"));
        account.setEnabled(true);
        assertNull(entry.getAttributeAsString("pwdAccountLockedTime"));
        assertTrue(account.isEnabled());
    }

    @Test
    void lockInTheDirectoryDisables() {
        entry.setSingleAttribute("pwdAccountLockedTime", "000001010000Z");
        UserModel account = account();
        assertFalse(account.isEnabled());
        account.setEnabled(true);
        assertTrue(account.isEnabled());
    }

    @Test
    void lockThatEndsByItselfIsLeftToTheDirectory() {
        entry.setSingleAttribute("pwdAccountLockedTime", "20260101000000Z");
        entry.addReadOnlyAttributeName("pwdAccountLockedTime");
        UserModel account = account();
        assertTrue(account.isEnabled());
        account.setEnabled(true);
        assertTrue(entry.getReadOnlyAttributeNames().contains("pwdaccountlockedtime"));
    }

    @Test
    void newPasswordTakesNoLockOff() {
        entry.setSingleAttribute("pwdAccountLockedTime", "000001010000Z");
        mapper.passwordUpdated(directory.local(entry), entry, null);
        verify(directory.store).addMemberToGroup(entry.getDn().getLdapName(), "pwdAccountLockedTime", "000001010000Z");
    }

    @Test
    void newPasswordOfWhoIsNotLockedLocksNobody() {
        UserModel local = directory.local(entry);
        mapper.passwordUpdated(local, entry, null);
        entry.setSingleAttribute("pwdAccountLockedTime", "20260101000000Z");
        mapper.passwordUpdated(local, entry, null);
        verify(directory.store, never()).addMemberToGroup(any(), any(), any());
    }

    @Test
    void federationTellsOfNewPasswords() {
        verify(directory.federation).setUpdater(mapper);
    }

    @Test
    void directoryThatIsOnlyReadIsNotWritten() {
        when(directory.federation.getEditMode()).thenReturn(EditMode.READ_ONLY);
        account().setEnabled(false);
        assertNull(entry.getAttributeAsString("pwdAccountLockedTime"));
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
        assertNull(entry.getAttributeAsString("pwdAccountLockedTime"));
        assertTrue(account.isEnabled());
    }

    @Test
    void attributeOfTheDirectoryCanBeAnother() {
        ComponentModel settings = new ComponentModel();
        settings.put("ldap.attribute", "description");
        entry.setSingleAttribute("description", "wiki spam");
        KeptOutMapper other = new KeptOutMapper(settings, directory.federation);
        assertFalse(other.proxy(entry, directory.local(entry), directory.realm).isEnabled());
    }

    private UserModel account() {
        return mapper.proxy(entry, directory.local(entry), directory.realm);
    }
}
