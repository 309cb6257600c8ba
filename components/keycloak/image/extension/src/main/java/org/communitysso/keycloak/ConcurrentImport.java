package org.communitysso.keycloak;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.storage.ldap.LDAPStorageProviderFactory;
import org.keycloak.storage.ldap.idm.model.LDAPObject;
import org.keycloak.storage.user.SynchronizationResult;

/**
 * Keycloak's LDAP federation, with a sync that imports several accounts at once. Keycloak imports them one by one, each
 * in a transaction of its own, so that either it or its database has nothing to do.
 *
 * <p>Takes the place of Keycloak's under the same ID.
 */
public final class ConcurrentImport extends LDAPStorageProviderFactory {
    /** How many accounts are imported at once. Each takes a connection to the database, which logins need as well. */
    static final int AT_ONCE = 4;

    @Override
    protected SynchronizationResult importLdapUsers(
            KeycloakSessionFactory sessions, String realm, ComponentModel federation, List<LDAPObject> entries) {
        ExecutorService importers = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Callable<SynchronizationResult>> imports = new ArrayList<>();
            for (List<LDAPObject> part : partsOf(entries)) {
                imports.add(() -> super.importLdapUsers(sessions, realm, federation, part));
            }
            SynchronizationResult whole = new SynchronizationResult();
            for (Future<SynchronizationResult> part : importers.invokeAll(imports)) whole.add(part.get());
            return whole;
        } catch (ExecutionException failure) {
            throw new IllegalStateException("import from the directory", failure.getCause());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("import from the directory was stopped", stop);
        } finally {
            importers.shutdown();
        }
    }

    /** Shares entries out, as many to each as to the next but for one. */
    private static List<List<LDAPObject>> partsOf(List<LDAPObject> entries) {
        List<List<LDAPObject>> parts = new ArrayList<>();
        for (int part = 0; part < AT_ONCE; part++) {
            int start = entries.size() * part / AT_ONCE;
            int end = entries.size() * (part + 1) / AT_ONCE;
            parts.add(entries.subList(start, end));
        }
        return parts;
    }

    @Override
    public int order() {
        return 1; // Keycloak's has 0
    }
}
