package org.communitysso.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.ModelException;
import org.keycloak.storage.ldap.idm.model.LDAPObject;
import org.keycloak.storage.user.SynchronizationResult;

class ConcurrentImportTest {
    private final KeycloakSessionFactory sessions = mock(KeycloakSessionFactory.class);

    private SynchronizationResult importAccounts(int count) {
        List<LDAPObject> entries = IntStream.range(0, count)
                .mapToObj(number -> DirectoryEntries.entry("user" + number))
                .toList();
        return new ConcurrentImport().importLdapUsers(sessions, "realm", new ComponentModel(), entries);
    }

    /** Keycloak counts an account whose transaction fails so as failed, and goes on with the next. */
    private static ModelException refusal() {
        return new ModelException("no session in this test");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, ConcurrentImport.AT_ONCE - 1, ConcurrentImport.AT_ONCE, 1001})
    void eachAccountIsImportedOnce(int count) {
        when(sessions.create()).thenThrow(refusal());
        assertEquals(count, importAccounts(count).getFailed());
    }

    @Test
    void severalAreImportedAtOnce() {
        CountDownLatch together = new CountDownLatch(ConcurrentImport.AT_ONCE);
        when(sessions.create()).thenAnswer(call -> {
            together.countDown();
            assertTrue(together.await(10, TimeUnit.SECONDS), "one waits for the other");
            throw refusal();
        });
        assertEquals(ConcurrentImport.AT_ONCE, importAccounts(ConcurrentImport.AT_ONCE).getFailed());
    }

    @Test
    void whatEndsAnImportIsSaid() {
        RuntimeException fault = new IllegalArgumentException("the database is away");
        when(sessions.create()).thenThrow(fault);
        Exception said = assertThrows(IllegalStateException.class, () -> importAccounts(10));
        assertEquals(fault, said.getCause());
    }
}
