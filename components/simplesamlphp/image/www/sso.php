<?php
// Where Keycloak sends people with a signed request. SimpleSAMLphp would also answer where nobody asked
// (`spentityid`), which would log people in as somebody else's choice: here only a request by POST is taken.
declare(strict_types=1);

use SimpleSAML\IdP;
use SimpleSAML\Metadata\MetaDataStorageHandler;
use SimpleSAML\Module\saml\IdP\SAML2;

require '/usr/share/simplesamlphp/www/_include.php';

if (!isset($_POST['SAMLRequest']) || isset($_REQUEST['spentityid']) || isset($_REQUEST['providerId'])) {
    require __DIR__ . '/lost.php';
    exit;
}
$entityId = MetaDataStorageHandler::getMetadataHandler()->getMetaDataCurrentEntityID('saml20-idp-hosted');
SAML2::receiveAuthnRequest(IdP::getById("saml2:$entityId"));
