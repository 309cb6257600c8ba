<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use SimpleSAML\Module\openid2\Association;
use SimpleSAML\Module\openid2\Associations;
use SimpleSAML\Module\openid2\Discovery;
use SimpleSAML\Module\openid2\Message;
use SimpleSAML\Module\openid2\Refused;
use SimpleSAML\Module\openid2\Service;
use SimpleSAML\Module\openid2\Store;
use SimpleSAML\Module\openid2\Verification;

final class VerificationTest extends TestCase
{
    private const ENDPOINT = 'https://op.example.org/+openid';
    private const ID = 'https://op.example.org/+id/ada';
    private const RETURN_TO = 'https://id.example.org/shim/return.php?state=s1';

    private Pages $pages;
    private Store $store;
    private Association $association;

    protected function setUp(): void
    {
        $signon = static fn(string $uri): string =>
            "<Service><Type>http://specs.openid.net/auth/2.0/signon</Type><URI>$uri</URI></Service>";
        $pages = [
            Pages::xrds(self::ID, $signon(self::ENDPOINT)),
            Pages::xrds('https://other.example.org/eve', $signon('https://other.example.org/')),
            Pages::xrds(
                'https://a.example.org/',
                '<Service><Type>http://specs.openid.net/auth/2.0/signon</Type><URI>' . self::ENDPOINT . '</URI><LocalID>'
                    . self::ID . '</LocalID></Service>',
            ),
        ];
        $this->pages = new Pages(array_column(array_map(static fn($each) => [$each->url, $each], $pages), 1, 0));
        $this->store = new Store(new PDO('sqlite::memory:'));
        $this->association = new Association('h1', str_repeat('k', 32), time() + 3600);
        $this->store->addAssociation(self::ENDPOINT, $this->association);
    }

    private static function choose(): Service
    {
        return new Service(true, self::ENDPOINT);
    }

    /** What the provider answers, with changes before it signs; null takes a field out. */
    private function answer(array $changes = [], array $unsigned = [], ?string $key = null): Message
    {
        $fields = array_filter($changes + [
            'ns' => Message::NS2, 'mode' => 'id_res', 'op_endpoint' => self::ENDPOINT, 'claimed_id' => self::ID,
            'identity' => self::ID, 'return_to' => self::RETURN_TO, 'response_nonce' => gmdate('Y-m-d\TH:i:s\Z') . 'n1',
            'assoc_handle' => 'h1',
        ], static fn($value) => $value !== null);
        $fields['signed'] = implode(',', array_diff(array_keys($fields), ['mode', 'ns'], $unsigned));
        $text = (new Message($fields))->signedText();
        return new Message($fields + ['sig' => base64_encode(hash_hmac('sha256', $text, $key ?? $this->association->key, true))]);
    }

    private function claimedId(Message $answer, ?Service $asked = null, ?Pages $pages = null): string
    {
        $http = $pages ?? $this->pages;
        $verification = new Verification($http, new Discovery($http), new Associations($http, $this->store), $this->store);
        return $verification->claimedId($answer, $asked ?? self::choose(), self::RETURN_TO);
    }

    /** The control of all that follow. */
    public function testASoundAnswerProvesTheIdentifier(): void
    {
        self::assertSame(self::ID, $this->claimedId($this->answer()));
        self::assertSame([], $this->pages->posted);
    }

    public function testAFragmentStaysInTheIdentifier(): void
    {
        $id = self::ID . '#2';
        self::assertSame($id, $this->claimedId($this->answer(['claimed_id' => $id, 'identity' => $id])));
    }

    public function testAnIdentifierOfOnesOwnThatNamesTheProvider(): void
    {
        self::assertSame('https://a.example.org/', $this->claimedId($this->answer(['claimed_id' => 'https://a.example.org/'])));
    }

    /** @dataProvider unsound */
    public function testAnUnsoundAnswerProvesNothing(string $reason, array $changes, array $unsigned = [], ?string $key = null): void
    {
        $this->expectException(Refused::class);
        $this->expectExceptionMessage($reason);
        $this->claimedId($this->answer($changes, $unsigned, $key));
    }

    public static function unsound(): iterable
    {
        yield 'cancelled' => ['cancelled', ['mode' => 'cancel']];
        yield 'an error' => ['did not log anyone in', ['mode' => 'error']];
        yield 'not interactive' => ['did not log anyone in', ['mode' => 'setup_needed']];
        yield 'no mode' => ['did not log anyone in', ['mode' => null]];
        yield 'an older version' => ['another version', ['ns' => 'http://openid.net/signon/1.1']];
        yield 'without version' => ['another version', ['ns' => null]];
        yield 'for another login' => ['another login', ['return_to' => 'https://id.example.org/shim/return.php?state=s2']];
        yield 'for another site' => ['another login', ['return_to' => 'https://evil.example.org/']];
        yield 'forged op_endpoint' => ['another provider', ['op_endpoint' => 'https://other.example.org/']];
        $eve = 'https://other.example.org/eve';
        yield 'foreign claimed_id' => ['may not speak for', ['claimed_id' => $eve, 'identity' => $eve]];
        yield 'foreign identity' => ['may not speak for', ['identity' => 'https://op.example.org/+id/eve']];
        yield 'claimed_id that is not there' => ['not there', ['claimed_id' => 'https://op.example.org/+id/nobody']];
        yield 'claimed_id without TLS' => ['only https', ['claimed_id' => 'http://op.example.org/+id/ada']];
        yield 'claimed_id in another spelling' => ['normal form', ['claimed_id' => 'https://OP.example.org/+id/ada']];
        yield 'no claimed_id' => ['not signed over claimed_id, identity', ['claimed_id' => null, 'identity' => null]];
        yield 'another key' => ['signature', [], [], str_repeat('x', 32)];
        yield 'unknown handle, which the provider does not confirm' => ['signature', ['assoc_handle' => 'h2']];
        yield 'an old nonce' => ['too old', ['response_nonce' => '2020-01-01T00:00:00Zn1']];
        yield 'a nonce of tomorrow' => ['too old', ['response_nonce' => gmdate('Y-m-d\TH:i:s\Z', time() + 86400)]];
        yield 'a nonce without time' => ['too old', ['response_nonce' => 'n1']];
        foreach (['op_endpoint', 'return_to', 'response_nonce', 'assoc_handle', 'claimed_id', 'identity'] as $name) {
            yield "$name unsigned" => ["not signed over $name", [], [$name]];
        }
    }

    public function testAnAnswerIsGoodOnce(): void
    {
        $answer = $this->answer();
        $this->claimedId($answer);
        $this->expectExceptionMessage('used before');
        $this->claimedId($answer);
    }

    public function testAForgedAnswerUsesUpNoNonce(): void
    {
        try {
            $this->claimedId($this->answer(key: str_repeat('x', 32)));
            self::fail('it was taken');
        } catch (Refused) {
            self::assertSame(self::ID, $this->claimedId($this->answer()));
        }
    }

    public function testWhatIsChangedAfterSigningIsNotTaken(): void
    {
        $answer = new Message(['response_nonce' => gmdate('Y-m-d\TH:i:s\Z') . 'n2'] + $this->answer()->fields);
        $this->expectExceptionMessage('signature');
        $this->claimedId($answer);
    }

    /** @dataProvider verdicts */
    public function testWithoutAnAssociationTheProviderIsAsked(string $verdict, bool $isGood): void
    {
        $answer = $this->answer(['assoc_handle' => 'stateless']);
        $pages = new Pages([self::ID => $this->pages->get(self::ID, '')], [self::ENDPOINT => $verdict]);
        if (!$isGood) {
            $this->expectExceptionMessage('signature');
        }
        self::assertSame(self::ID, $this->claimedId($answer, pages: $pages));
        [[$url, $fields]] = $pages->posted;
        self::assertSame(self::ENDPOINT, $url);
        self::assertSame('check_authentication', $fields['openid.mode']);
        self::assertSame($answer->get('sig'), $fields['openid.sig']);
    }

    public static function verdicts(): array
    {
        return [["is_valid:true\n", true], ["is_valid:false\n", false], ['', false], ["x:is_valid:true\n", false]];
    }

    /** OpenID 1.1 has no op_endpoint and no nonce of its own: the login's own address stands for both. */
    public function testVersion1(): void
    {
        $asked = new Service(false, self::ENDPOINT, 'https://a.example.org/', self::ID);
        $changes = ['ns' => null, 'op_endpoint' => null, 'claimed_id' => null, 'response_nonce' => null];
        $pages = new Pages([], [self::ENDPOINT => "is_valid:true\n"]);
        self::assertSame('https://a.example.org/', $this->claimedId($this->answer($changes), $asked, $pages));
        $this->expectExceptionMessage('another identity');
        $this->claimedId($this->answer(['identity' => 'https://op.example.org/+id/eve'] + $changes), $asked, $pages);
    }

    public function testVersion1IsNotSignedByAnAssociationOfVersion2(): void
    {
        $asked = new Service(false, self::ENDPOINT, 'https://a.example.org/', self::ID);
        $changes = ['ns' => null, 'op_endpoint' => null, 'claimed_id' => null, 'response_nonce' => null];
        $this->expectExceptionMessage('signature');
        $this->claimedId($this->answer($changes), $asked, new Pages([], [self::ENDPOINT => "is_valid:false\n"]));
    }
}
