<#-- Page of ChooseIdentityProvider; template.ftl is the theme's frame. -->
<#import "template.ftl" as layout>
<#import "social-providers.ftl" as identityProviders>
<@layout.registrationLayout; section>
  <#if section = "header">
    ${msg("ssoChooseTitle")}
  <#elseif section = "socialProviders">
    <@identityProviders.show social=social/>
  </#if>
</@layout.registrationLayout>
