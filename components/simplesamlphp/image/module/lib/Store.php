<?php

declare(strict_types=1);

namespace SimpleSAML\Module\openid2;

/** What outlives a request and a restart: associations, and nonces that were seen. SQLite, beside the sessions. */
class Store
{
    public function __construct(private readonly \PDO $database)
    {
        $database->exec('CREATE TABLE IF NOT EXISTS openid2_association
            (endpoint TEXT, handle TEXT, key TEXT, expires INTEGER, PRIMARY KEY (endpoint, handle))');
        $database->exec('CREATE TABLE IF NOT EXISTS openid2_nonce
            (endpoint TEXT, nonce TEXT, expires INTEGER, PRIMARY KEY (endpoint, nonce))');
    }

    public function addAssociation(string $endpoint, Association $association): void
    {
        $this->forget('openid2_association');
        $this->database
            ->prepare('INSERT OR REPLACE INTO openid2_association VALUES (?, ?, ?, ?)')
            ->execute([$endpoint, $association->handle, base64_encode($association->key), $association->expires]);
    }

    /** One that will still be good when the person comes back. */
    public function currentAssociation(string $endpoint): ?Association
    {
        return $this->find('endpoint = ? AND expires > ? ORDER BY expires DESC', [$endpoint, time() + 600]);
    }

    public function association(string $endpoint, string $handle): ?Association
    {
        return $this->find('endpoint = ? AND handle = ? AND expires > ?', [$endpoint, $handle, time()]);
    }

    /** Notes a nonce. @return bool whether it is new */
    public function addNonce(string $endpoint, string $nonce, int $expires): bool
    {
        $this->forget('openid2_nonce');
        $insert = $this->database->prepare('INSERT OR IGNORE INTO openid2_nonce VALUES (?, ?, ?)');
        $insert->execute([$endpoint, $nonce, $expires]);
        return $insert->rowCount() === 1;
    }

    /** @param list<string|int> $values */
    private function find(string $condition, array $values): ?Association
    {
        $query = $this->database->prepare("SELECT handle, key, expires FROM openid2_association WHERE $condition LIMIT 1");
        $query->execute($values);
        $row = $query->fetch(\PDO::FETCH_NUM);
        return $row === false ? null : new Association($row[0], (string) base64_decode($row[1]), (int) $row[2]);
    }

    private function forget(string $table): void
    {
        $this->database->prepare("DELETE FROM $table WHERE expires < ?")->execute([time()]);
    }
}
