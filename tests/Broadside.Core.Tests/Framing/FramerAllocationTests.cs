using System.Buffers;
using FsCheck.Fluent;

namespace Broadside.Tests.Framing;

[Collection(AllocationTests.Name)]
public sealed class FramerAllocationTests
{
    [Theory]
    [MemberData(nameof(FramerCase.Names), MemberType = typeof(FramerCase))]
    public void Framing_allocates_nothing(string name)
    {
        var one = FramerCase.Named(name);
        var records = Gen.Sample(one.Records, 30, 50).Select(record => new ReadOnlySequence<byte>(record)).ToArray();
        var segmented = records.Select(record => FramedStream.Segmented(record, () => 5)).ToArray();
        AllocationTests.AssertNone(() =>
        {
            FrameAll(one.Framer, records);
            FrameAll(one.Framer, segmented);
        });
    }

    private static void FrameAll(IRecordFramer framer, ReadOnlySequence<byte>[] records)
    {
        foreach (var record in records)
        {
            var state = default(FramerState);
            _ = record.Length > 1 ? framer.TryFrame(record.Slice(0, record.Length / 2), ref state) : default;
            if (framer.TryFrame(record, ref state).Count != record.Length)
            {
                throw new InvalidOperationException("The record was not framed.");
            }
        }
    }
}
