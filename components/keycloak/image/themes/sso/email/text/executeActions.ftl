<#ftl output_format="plainText">
<#import "signature.ftl" as sso>
<#assign actions>
<#list requiredActions! as action>${msg("requiredAction." + action)}<#sep>, </#list><#t>
</#assign>
${msg("executeActionsBody", link, linkExpiration, realmName, actions?trim, linkExpirationFormatter(linkExpiration))}
<@sso.signature/>
