package dev.sluice;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.sluice.message.Origin;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

/** The rooms of the house, who may look into which, and a few habits of those who live there. */
final class ArchitectureTests {

    private static final String ROOT = "dev.sluice";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    /** A package below the root, and the packages of ours that it may use besides itself. */
    enum Room {
        TEXT,
        EXTENSION,
        MESSAGE,
        MEMORY,
        MEASURE,
        PATTERN,
        CHECK("text", "message"),
        TRACE("message"),
        TRANSPORT("text", "extension", "message", "memory", "measure", "check", "pattern", "trace"),
        PROTOCOL("extension", "message", "check", "pattern"),
        HANDLER("extension", "message", "check", "pattern", "protocol", "transport"),
        SINK("text", "extension", "message", "memory", "check", "pattern", "transport.framing"),
        REQUEST("text", "message", "memory", "measure", "check", "handler", "sink"),
        DELIVERY("text", "message", "memory", "measure", "check", "sink", "trace"),
        DEVICE("text", "message", "measure", "check", "pattern", "protocol", "transport", "command", "log"),
        LOG("message", "check"),
        COMMAND("message", "log"),
        LISTENER(
                "text",
                "message",
                "memory",
                "check",
                "pattern",
                "protocol",
                "transport",
                "handler",
                "sink",
                "request",
                "delivery",
                "command",
                "device",
                "log",
                "trace"),
        MANAGEMENT(
                "listener",
                "delivery",
                "device",
                "command",
                "request",
                "protocol",
                "pattern",
                "transport",
                "memory",
                "measure",
                "message",
                "text"),
        CLIENT("text", "pattern", "transport.framing");

        private final String[] visible;

        Room(String... mayUse) {
            visible = Stream.concat(Stream.of(name().toLowerCase(Locale.ROOT)), Arrays.stream(mayUse))
                    .map(Room::tree)
                    .toArray(String[]::new);
        }

        private String tree() {
            return visible[0];
        }

        private static String tree(String room) {
            return ROOT + "." + room + "..";
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRoomSeesOnlyItsNeighbours(Room room) {
        classes()
                .that()
                .resideInAPackage(room.tree())
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + "..").or(resideInAnyPackage(room.visible)))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void everyClassIsInARoomOrAtTheRoot() {
        String[] rooms = Arrays.stream(Room.values()).map(Room::tree).toArray(String[]::new);
        classes()
                .should()
                .resideInAnyPackage(rooms)
                .orShould()
                .resideInAPackage(ROOT)
                .check(CLASSES);
    }

    @Test
    void noTwoPackagesSeeEachOther() {
        slices().matching("dev.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void noPackageIsNamedAfterWhatItIsMadeOf() {
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..common..", "..service..", "..impl..", "..config..")
                .check(CLASSES);
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(CLASSES.getPackage(ROOT).getSubpackagesInTree())
                .filteredOn(javaPackage -> !javaPackage.getClasses().isEmpty())
                .filteredOn(javaPackage -> !javaPackage.isAnnotatedWith(NullMarked.class))
                .extracting(JavaPackage::getName)
                .as("Packages whose package-info is not @NullMarked")
                .isEmpty();
    }

    @Test
    void beansAreMadeByTheirConstructors() {
        noFields()
                .should()
                .beAnnotatedWith(Autowired.class)
                .orShould()
                .beAnnotatedWith(Value.class)
                .orShould()
                .beAnnotatedWith(Resource.class)
                .check(CLASSES);
        noMethods().should().beAnnotatedWith(PostConstruct.class).check(CLASSES);
    }

    /** A stream counts messages. For UDP it is that of a whole listener, of sources that have nothing in common. */
    @Test
    void sinksKeepTheOrderOfLanes() {
        noClasses()
                .that()
                .resideInAPackage(Room.SINK.tree())
                .should()
                .callMethod(Origin.class, "stream")
                .check(CLASSES);
    }

    /** The root prints what the command line asks of it before anything is there to log. */
    @Test
    void onlyTheCommandLinePrints() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT, Room.CLIENT.tree())
                .should(ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
    }

    @Test
    void loggingIsSlf4j() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging")
                .check(CLASSES);
    }
}
