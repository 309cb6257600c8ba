<?php

declare(strict_types=1);

namespace SimpleSAML\Module\openid2;

/** An OpenID message: its fields by their names without `openid.` (OpenID Authentication 2.0, section 4). */
final class Message
{
    public const NS2 = 'http://specs.openid.net/auth/2.0';

    /** @param array<string, string> $fields */
    public function __construct(public readonly array $fields)
    {
    }

    /**
     * From a request as it came: PHP itself turns dots into underscores, and keeps the last of two values.
     *
     * @throws Refused where a field is there twice
     */
    public static function fromRequest(string $query, string $body = ''): self
    {
        $fields = [];
        foreach (explode('&', "$query&$body") as $pair) {
            [$name, $value] = array_map(urldecode(...), explode('=', $pair, 2) + [1 => '']);
            if (!str_starts_with($name, 'openid.')) {
                continue;
            }
            $name = substr($name, strlen('openid.'));
            if (array_key_exists($name, $fields)) {
                throw new Refused("the answer has $name twice");
            }
            $fields[$name] = $value;
        }
        return new self($fields);
    }

    /** From a direct answer in key-value form (section 4.1.1). */
    public static function fromKeyValues(string $text): self
    {
        $fields = [];
        foreach (explode("\n", $text) as $line) {
            [$name, $value] = explode(':', $line, 2) + [1 => null];
            if ($value !== null) {
                $fields[$name] = $value;
            }
        }
        return new self($fields);
    }

    public function get(string $name): ?string
    {
        return $this->fields[$name] ?? null;
    }

    /** @throws Refused where it is not there or empty */
    public function need(string $name): string
    {
        $value = $this->get($name) ?? '';
        return $value === '' ? throw new Refused("the answer has no $name") : $value;
    }

    /**
     * Names of the fields that the signature is over.
     *
     * @return list<string>
     */
    public function signedNames(): array
    {
        $names = explode(',', $this->need('signed'));
        if (count(array_unique($names)) !== count($names)) {
            throw new Refused('the answer names a signed field twice');
        }
        return $names;
    }

    /** What the signature is over (section 6.1). */
    public function signedText(): string
    {
        $text = '';
        foreach ($this->signedNames() as $name) {
            $value = $this->get($name) ?? throw new Refused("the answer has no $name");
            if (preg_match('/[\n:]/', $name) === 1 || str_contains($value, "\n")) {
                throw new Refused("the answer's $name has more than one line");
            }
            $text .= "$name:$value\n";
        }
        return $text;
    }
}
