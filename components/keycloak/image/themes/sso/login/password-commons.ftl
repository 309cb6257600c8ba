<#-- Whoever sets a new password may be putting someone out who knows the old one: ticked, unlike Keycloak's own. -->
<#import "field.ftl" as field>
<#macro logoutOtherSessions>
  <div id="kc-form-options" class="${properties.kcFormOptionsClass!}">
    <@field.checkbox name="logout-sessions" label=msg("logoutOtherSessions") value=true />
  </div>
</#macro>
