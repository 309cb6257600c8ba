<?php

declare(strict_types=1);

namespace SimpleSAML\Module\openid2;

/** A login that ends here; the message is for the person who tried and for the log. */
final class Refused extends \RuntimeException
{
}
