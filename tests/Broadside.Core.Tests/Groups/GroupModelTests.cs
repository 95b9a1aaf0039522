using FsCheck;
using FsCheck.Fluent;

namespace Broadside.Core.Tests.Groups;

/// <summary>The group log against a naive list of queues, over random programs of two interleaved channels.</summary>
public sealed class GroupModelTests
{
    [Fact]
    public void AgreesWithNaiveQueues()
    {
        var step = ArbMap.Default.ArbFor<int>().Generator.ArrayOf(4);
        var program = Gen.ArrayOf(step).ToArbitrary();
        var config = Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(120);
        Prop.ForAll(program, steps => new GroupModel().Run(steps)).Check(config);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void AgreesOverLongPrograms(int seed)
    {
        var random = new Random(seed);
        var steps = new int[5_000][];
        for (var index = 0; index < steps.Length; index++)
        {
            steps[index] = [random.Next(), random.Next(), random.Next(), random.Next()];
        }

        new GroupModel().Run(steps);
    }
}
