using Broadside.Bench.Scenarios;

namespace Broadside.Bench.Contenders;

/// <summary>The contenders of the fan-out scenarios, ours first.</summary>
internal static class Lineup
{
    public static Contender Ours { get; } = new Ours("sockets");

    public static IReadOnlyList<Contender> All { get; } = [Ours, new Nats(), new Redis(), new Naive(), new Limit()];

    /// <summary>Those that are installed; who is missing is said.</summary>
    public static IEnumerable<Contender> Installed(BenchContext context)
    {
        foreach (var contender in All)
        {
            if (contender.Version is null)
            {
                context.Remark($"{contender.Name} is not installed: no figure for it (bench/setup installs it)");
            }
            else
            {
                yield return contender;
            }
        }
    }
}
