namespace Broadside.Bench.Scenarios;

/// <summary>A case of requests and answers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsQuick">Whether it is measured with <c>--quick</c> too.</param>
/// <param name="Load">The load's arguments as a worker; the port follows the first.</param>
internal sealed record RequestCase(string Name, bool IsQuick, params string[] Load);
