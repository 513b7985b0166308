package dev.sluice.management.security;

import dev.sluice.listener.configuration.UserProperties.Role;
import jakarta.servlet.Filter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoderInitializationException;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;

/**
 * Logs in by JSON Web Tokens, whose claim {@code roles} (or the one of {@code authorities-claim-name}) has {@code
 * viewer} or {@code operator} among its values, which are a list or a text with spaces. What else it has means nothing
 * here.
 *
 * <p>Spring Security's own configurer would also publish a document about this server to everybody.
 */
final class Tokens implements Converter<Jwt, AbstractAuthenticationToken> {

    private static final String ROLES = "roles";

    private final String rolesClaim;
    private final String delimiter;
    private final String nameClaim;

    Tokens(OAuth2ResourceServerProperties.Jwt properties) {
        rolesClaim = Objects.requireNonNullElse(properties.getAuthoritiesClaimName(), ROLES);
        delimiter = Objects.requireNonNullElse(properties.getAuthoritiesClaimDelimiter(), " ");
        nameClaim = Objects.requireNonNullElse(properties.getPrincipalClaimName(), JwtClaimNames.SUB);
    }

    /**
     * The filter that takes them from requests.
     *
     * @param decoder knows whose they have to be
     */
    Filter filter(JwtDecoder decoder, Denials denials) {
        JwtAuthenticationProvider provider = new JwtAuthenticationProvider(token -> decode(decoder, token));
        provider.setJwtAuthenticationConverter(this);
        BearerTokenAuthenticationFilter filter = new BearerTokenAuthenticationFilter(new ProviderManager(provider));
        filter.setAuthenticationEntryPoint(denials);
        filter.setAuthenticationFailureHandler(denials::commence);
        return filter;
    }

    /** What a decoder stumbles over is the token's fault, not an error of ours. */
    private static Jwt decode(JwtDecoder decoder, String token) {
        try {
            return decoder.decode(token);
        } catch (JwtException ex) {
            throw ex;
        } catch (JwtDecoderInitializationException ex) {
            throw new JwtException("the issuer is away", ex);
        } catch (RuntimeException ex) {
            throw new BadJwtException("cannot be read", ex);
        }
    }

    @Override
    public AbstractAuthenticationToken convert(Jwt token) {
        return new JwtAuthenticationToken(token, authorities(token.getClaims().get(rolesClaim)), name(token));
    }

    private List<GrantedAuthority> authorities(@Nullable Object claim) {
        Stream<?> values = switch (claim) {
            case String text -> Stream.of(text.split(delimiter));
            case Collection<?> several -> several.stream();
            case null, default -> Stream.empty();
        };
        List<?> claimed = values.toList();
        return Stream.of(Role.values())
                .map(role -> role.name().toLowerCase(Locale.ROOT))
                .filter(claimed::contains)
                .<GrantedAuthority>map(role -> new SimpleGrantedAuthority("ROLE_" + role))
                .toList();
    }

    private String name(Jwt token) {
        return token.getClaims().get(nameClaim) instanceof String name && !name.isBlank() ? name : "token";
    }
}
