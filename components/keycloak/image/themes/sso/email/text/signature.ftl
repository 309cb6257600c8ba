<#ftl output_format="plainText">
<#macro signature>

-- 
${realmName}
<#if properties["sso.footer"]??>${properties["sso.footer"]}
</#if><#if properties["sso.support"]??>${msg("ssoSupport")}: ${properties["sso.support"]?remove_beginning("mailto:")}
</#if></#macro>
