#include "journal/deliveries.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/error.hpp"
#include "base/scratch_directory.hpp"
#include "base/utc.hpp"

namespace tidegate::journal {
namespace {

using namespace std::chrono_literals;
using Taken = Deliveries::Taken;

const SystemTime k_now = parse_rfc3339("2026-11-22T12:00:00Z").value();
const PullNumber k_seven = *PullNumber::parse("7"), k_eight = *PullNumber::parse("8");

class Queue : public testing::Test {
 protected:
  ScratchDirectory scratch{"test"};
  std::string file = (scratch.path() / "queue.db").string();
};

TEST_F(Queue, ARepeatedDeliveryHasNoEffect) {
  Deliveries queue(file);
  EXPECT_EQ(queue.put("a", k_seven, k_now), Taken::waits);
  EXPECT_EQ(queue.put("a", k_seven, k_now), Taken::known);
  const auto wish = queue.next(k_now);
  ASSERT_TRUE(wish);
  queue.done(*wish);
  EXPECT_EQ(queue.put("a", k_seven, k_now), Taken::known);
  EXPECT_FALSE(queue.next(k_now));
}

TEST_F(Queue, SurvivesTheProcess) {
  Deliveries(file).put("a", k_seven, k_now);
  {
    Deliveries queue(file);
    EXPECT_TRUE(queue.next(k_now));  // and dies before it is done
  }
  Deliveries queue(file);
  EXPECT_EQ(queue.next(k_now)->number, k_seven);
}

TEST_F(Queue, OnePassServesAllWaitingDeliveries) {
  Deliveries queue(file);
  queue.put("a", k_seven, k_now);
  queue.put("b", k_eight, k_now);
  queue.put("c", k_seven, k_now);
  const auto wish = queue.next(k_now);
  EXPECT_EQ(wish->number, k_seven);
  queue.put("d", k_seven, k_now);  // while it is being done
  queue.done(*wish);
  EXPECT_EQ(queue.next(k_now)->number, k_eight);
  queue.done(*queue.next(k_now));
  EXPECT_EQ(queue.next(k_now)->number, k_seven)
      << "a delivery that arrived meanwhile is handled again";
}

TEST_F(Queue, WaitsAfterAFailureAndContinues) {
  Deliveries queue(file);
  queue.put("a", k_seven, k_now);
  queue.failed(*queue.next(k_now), "no answer", k_now + 5s);
  EXPECT_FALSE(queue.next(k_now));
  EXPECT_EQ(queue.waiting(), 1);
  EXPECT_EQ(queue.next(k_now + 5s)->tries, 1);
}

TEST_F(Queue, AcceptsAPermanentlyFailedDeliveryAgain) {
  Deliveries queue(file);
  queue.put("a", k_seven, k_now);
  queue.failed(*queue.next(k_now), "no answer", std::nullopt);
  EXPECT_EQ(queue.waiting(), 0);
  EXPECT_EQ(queue.put("a", k_seven, k_now), Taken::waits);
  EXPECT_EQ(queue.next(k_now)->tries, 0);
}

TEST_F(Queue, ADeliveryRepeatedDuringProcessingStaysWaiting) {
  Deliveries queue(file);
  queue.put("a", k_seven, k_now);
  queue.failed(*queue.next(k_now), "no", std::nullopt);
  queue.put("b", k_seven, k_now);
  const auto wish = queue.next(k_now);
  EXPECT_EQ(queue.put("a", k_seven, k_now), Taken::waits);
  queue.done(*wish);
  EXPECT_TRUE(queue.next(k_now)) << "it arrived after the processing had begun";
}

TEST_F(Queue, ANewDeliveryHasAllItsTries) {
  Deliveries queue(file);
  queue.put("a", k_seven, k_now);
  for (int i = 0; i < 3; ++i) queue.failed(*queue.next(k_now), "no", k_now);
  EXPECT_EQ(queue.next(k_now)->tries, 3);
  queue.put("b", k_seven, k_now);
  EXPECT_EQ(queue.next(k_now)->tries, 0);
}

TEST_F(Queue, ForgetsDoneDeliveriesAndNoWaitingOnes) {
  Deliveries queue(file);
  queue.put("a", k_seven, k_now);
  queue.done(*queue.next(k_now));
  queue.put("b", k_eight, k_now);
  queue.forget(k_now + 1s);
  EXPECT_EQ(queue.put("a", k_seven, k_now), Taken::waits);
  EXPECT_EQ(queue.waiting(), 2);
}

TEST_F(Queue, IsReadableByItsUserOnly) {
  Deliveries queue(file);
  struct stat facts {};
  ASSERT_EQ(::stat(file.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_F(Queue, NamesAFileThatIsNotAQueue) {
  EXPECT_THROW(Deliveries(std::optional<std::string>("/nowhere/queue.db")), Error);
  EXPECT_THROW(Deliveries(std::optional<std::string>(scratch.path().string())), Error);
}

TEST_F(Queue, WorksWithoutAFile) {
  Deliveries queue(std::nullopt);
  queue.put("a", k_seven, k_now);
  EXPECT_TRUE(queue.next(k_now));
}

}  // namespace
}  // namespace tidegate::journal
