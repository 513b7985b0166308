package dev.sluice.management.page;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** A Chromium of the system that shows one page. */
final class Browser implements AutoCloseable {

    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Skips the test if there is none. */
    static Browser open(Path profile) {
        Assumptions.assumeTrue(Files.isExecutable(DRIVER), "no chromium-driver here");
        ChromeOptions options = new ChromeOptions();
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--window-size=1280,900",
                "--user-data-dir=" + profile);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(new File(DRIVER.toString()))
                .build();
        return new Browser(new ChromeDriver(service, options));
    }

    /** Forgets who was signed in, and opens the page anew. */
    void visit(int port) {
        driver.get("http://127.0.0.1:" + port + "/");
        driver.manage().deleteAllCookies();
        script("localStorage.clear(); localStorage.setItem('language', 'en'); location.hash = ''; location.reload()");
        see("[name=username]");
    }

    void signIn(String user, String password) {
        type("[name=username]", user);
        type("[name=password]", password);
        click("[type=submit]");
    }

    void go(String hash) {
        script("location.hash = arguments[0]", hash);
    }

    void choose(String key, String value) {
        script("localStorage.setItem(arguments[0], arguments[1]); location.reload()", key, value);
    }

    void resize(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                java.util.Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
    }

    WebElement see(String selector) {
        return await("'" + selector + "' on the page")
                .atMost(PATIENCE)
                .until(() -> find(selector).stream().findFirst().orElse(null), Objects::nonNull);
    }

    void see(String selector, String text) {
        await("'" + text + "' in '" + selector + "'")
                .atMost(PATIENCE)
                .ignoreException(StaleElementReferenceException.class)
                .until(() -> find(selector).stream()
                        .anyMatch(found -> found.getText().contains(text)));
    }

    void type(String selector, String text) {
        see(selector).sendKeys(text);
    }

    void click(String selector) {
        await("a click on '" + selector + "'")
                .atMost(PATIENCE)
                .ignoreException(StaleElementReferenceException.class)
                .until(() -> {
                    see(selector).click();
                    return true;
                });
    }

    List<WebElement> find(String selector) {
        return driver.findElements(By.cssSelector(selector));
    }

    Object script(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** How much wider the page is than the window. */
    long overflow() {
        return ((Number) script("return document.documentElement.scrollWidth - innerWidth")).longValue();
    }

    /** What axe finds that keeps people from using the page, as its rules and where they are broken. */
    List<?> seriousFaults() {
        try (InputStream axe = Browser.class.getResourceAsStream("/axe.min.js")) {
            script(new String(Objects.requireNonNull(axe).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return (List<?>) driver.executeAsyncScript("""
            const done = arguments[0];
            axe.run().then(found => done(found.violations
                .filter(fault => fault.impact === 'serious' || fault.impact === 'critical')
                .map(fault => fault.id + ': ' + fault.nodes.map(node => node.target + ' ' + node.failureSummary).join('; '))));
            """);
    }

    /** What the browser complained about, but for answers that are no success. */
    List<String> complaints() {
        return driver.manage().logs().get("browser").getAll().stream()
                .map(entry -> entry.getMessage())
                .filter(message -> !message.contains("Failed to load resource"))
                .toList();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
