<#ftl output_format="plainText">
<#import "signature.ftl" as sso>
${msg("emailUpdateConfirmationBody", link, newEmail, realmName, linkExpirationFormatter(linkExpiration))}
<@sso.signature/>
