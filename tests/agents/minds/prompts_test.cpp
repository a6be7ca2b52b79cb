// Templates of a folder of one's own: what would silently tell the agent nothing is an error.
#include "agents/minds/prompts.h"

#include <gmock/gmock.h>

#include "engine/base/error.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class PromptsFolder : public ::testing::Test {
 protected:
  /// What is wrong with a folder that has this template; "": nothing.
  std::string fault(const std::string& path, const std::string& text,
                    Protocol protocol = Protocol::structured) const {
    const TempFolder folder;
    folder.write(path, text);
    try {
      const Prompts prompts(protocol, folder.path());
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.kind(), ErrorKind::usage);
      return failure.what();
    }
    return "";
  }
};

TEST_F(PromptsFolder, MayReplaceAnyTemplate) {
  EXPECT_EQ(fault("structured/page.mustache", "{{>remembered}}\n{{#shown}}{{{title}}} {{page}}{{/shown}}"),
            "");
  EXPECT_EQ(fault("structured/interview.mustache", "{{! how was it }}Score after {{{page}}} pages?"), "");
  EXPECT_EQ(
      fault("shown.mustache", "{{#shown}}{{#has_genres}}{{{genres}}}{{/has_genres}}{{{title}}}{{/shown}}"),
      "");
  EXPECT_EQ(fault("memory.mustache", "{{#viewed}}{{{title}}} {{{rating}}}{{{comma}}}{{/viewed}}"), "");
}

TEST_F(PromptsFolder, MayTellOfAttributesThatOnlyTheDataKnow) {
  EXPECT_EQ(fault("persona.mustache", "{{#about_mood}}You feel {{{about_mood}}}.{{/about_mood}}"), "");
  EXPECT_NE(fault("memory.mustache", "{{{about_mood}}}"), "");
}

TEST_F(PromptsFolder, AnAttributeThatNobodyHasIsNamedWithItsLine) {
  const TempFolder folder;
  folder.write("persona.mustache", "a\n{{#about_mood}}You feel {{{about_mood}}}.{{/about_mood}}");
  const Prompts prompts(Protocol::structured, folder.path());
  const std::vector<std::string> age_and_mood{"age", "mood"};
  EXPECT_NO_THROW(prompts.check_attributes(age_and_mood));
  const auto fault_with = [&](const std::vector<std::string>& names) -> std::string {
    try {
      prompts.check_attributes(names);
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.kind(), ErrorKind::usage);
      return failure.what();
    }
    return "";
  };
  EXPECT_THAT(fault_with({"age"}),
              AllOf(HasSubstr("persona.mustache:2: \"{{#about_mood}}\""), HasSubstr("there are: age")));
  EXPECT_THAT(fault_with({}), HasSubstr("neither dataset nor population"));
}

TEST_F(PromptsFolder, ATemplateThatNothingUsesIsNamed) {
  EXPECT_THAT(fault("structured/pages.mustache", "x"),
              AllOf(HasSubstr("structured/pages.mustache: nothing uses this template"),
                    HasSubstr("structured/page,")));
  EXPECT_THAT(fault("page.mustache", "x"), HasSubstr("page.mustache: nothing uses this template"));
  EXPECT_THAT(fault("agent4rec/reflect.mustache", "x"),
              HasSubstr("no template that protocol structured uses"));
  EXPECT_EQ(fault("agent4rec/reflect.mustache", "x", Protocol::agent4rec), "");
}

TEST_F(PromptsFolder, AnUnknownPlaceholderIsNamedWithItsLine) {
  EXPECT_THAT(fault("structured/interview.mustache", "How\nwas {{{pgae}}}?"),
              AllOf(HasSubstr("structured/interview.mustache:2: \"{{{pgae}}}\""), HasSubstr("page")));
  EXPECT_THAT(fault("persona.mustache", "a\nb\n{{#taste}}{{text}}{{/taste}}"),
              HasSubstr("persona.mustache:3: \"{{#taste}}\""));
  EXPECT_THAT(fault("structured/page.mustache", "{{>shown}}\n{{{title}}}"), HasSubstr(":2: \"{{{title}}}\""))
      << "known of an item, not of the page";
  EXPECT_THAT(fault("memory.mustache", "{{#viewed}}{{rated}}{{/viewed}}"),
              AllOf(HasSubstr(":1: \"{{rated}}\""), HasSubstr("rating")));
}

TEST_F(PromptsFolder, ASharedTemplateThatCannotStandThereIsNamed) {
  EXPECT_THAT(fault("structured/page.mustache", "{{>shwon}}\n"),
              HasSubstr(":1: there is no shared template \"shwon\""));
  EXPECT_THAT(fault("structured/interview.mustache", "{{>shown}}\n"), HasSubstr("not known here"));
  EXPECT_THAT(fault("structured/page.mustache", "{{>shown}}\n{{> remembered }} x"), HasSubstr(":2: "));
  EXPECT_THAT(fault("shown.mustache", "{{>remembered}}\n{{#shown}}{{title}}{{/shown}}"),
              HasSubstr("cannot hold another"));
}

TEST_F(PromptsFolder, ATemplateOfAPageTellsOfItsItems) {
  EXPECT_THAT(fault("structured/page.mustache", "React to the {{{count}}} {{{items}}}."),
              HasSubstr("structured/page.mustache: it does not tell of the page's items"));
  EXPECT_THAT(fault("shown.mustache", "PAGE {{{page}}}\n"), HasSubstr("does not tell of the page's items"));
  EXPECT_THAT(fault("agent4rec/react.mustache", "{{^shown}}{{title}}{{/shown}}", Protocol::agent4rec),
              HasSubstr("does not tell"));
}

TEST_F(PromptsFolder, ATemplateOfAQuestionPutsIt) {
  EXPECT_EQ(fault("structured/question.mustache",
                  "{{{question}}}{{#score}}{{least}} to {{most}}{{/score}}{{#options}}{{text}}{{/options}}"),
            "");
  EXPECT_THAT(fault("structured/question.mustache", "Well?"),
              HasSubstr("structured/question.mustache: it does not put the question: {{{question}}}"));
  EXPECT_THAT(fault("structured/interview.mustache", "{{{question}}}"), HasSubstr(":1: \"{{{question}}}\""));
}

TEST_F(PromptsFolder, SectionsThatAreNotClosedAreNamedWithTheirLine) {
  EXPECT_THAT(fault("structured/interview.mustache", "a\n{{#remembers}}b"),
              HasSubstr(":2: \"{{#remembers}}\" is never closed"));
  EXPECT_THAT(fault("structured/interview.mustache", "{{/remembers}}"),
              HasSubstr(":1: \"{{/remembers}}\" closes no section"));
  EXPECT_THAT(fault("structured/interview.mustache", "a\nb {{page\n"),
              AllOf(HasSubstr(":2: "), HasSubstr("not closed")));
}

}  // namespace
}  // namespace throng
