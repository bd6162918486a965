`include "pim_assert.svh"
// SAMPLE: draws a token (docs/numerics.md, "Sampling"). No row is kept; each pass sees all logits again, a chunk a cycle:
// one for the largest, which the way in finds, one for the sum of all weights, one for each bit of the nucleus' edge,
// and the draw, which adds up weights until it meets the chunk in which the token lies, and walks that lane by lane.
module pim_sample #(
    parameter int StreamLanes = 32
) (
    input  logic                      clk_i,
    input  logic                      rst_ni,
    // passes
    input  logic                      start_i,       // a command begins, with its first pass
    input  logic                      settle_i,      // all chunks of the pass have been added up
    input  logic                      next_i,        // the next pass begins
    output logic                      weighs_o,      // behind this pass the nucleus is weighed
    output logic                      draws_o,       // this pass is the last
    output logic                      idle_o,        // no chunk is on its way
    output logic                      settled_o,     // what follows the pass is done
    // the command
    input  logic [              15:0] multiplier_i,
    input  logic [               5:0] shift_i,
    input  logic [              16:0] top_p_i,
    input  logic [              31:0] random_i,
    // chunks
    input  logic                      chunk_i,
    input  logic [$clog2(StreamLanes):0] elements_i,
    input  logic [32*StreamLanes-1:0] logits_i,
    input  logic [              31:0] highest_i,
    // tokens of the nucleus that are at its edge: what it lacks without them over the weight of one
    output logic                      divide_o,
    output logic [              45:0] lacking_o,
    output logic [              28:0] weight_o,
    input  logic                      divided_i,
    input  logic [              17:0] at_edge_i,
    // the token
    output logic                      drawn_o,
    output logic [              31:0] index_o
);
  localparam int CountBits = $clog2(StreamLanes) + 1;
  localparam logic [15:0] Farthest = 16'hffff;  // weighs nothing

  // Constants, not enums: Icarus 11 gives the values of an enum's names an unknown bit.
  localparam logic [1:0] Largest = 2'd0;
  localparam logic [1:0] Whole = 2'd1;
  localparam logic [1:0] Edge = 2'd2;
  localparam logic [1:0] Draw = 2'd3;
  localparam logic [2:0] Gather = 3'd0;
  localparam logic [2:0] Start = 3'd1;
  localparam logic [2:0] Divide = 3'd2;
  localparam logic [2:0] Weigh = 3'd3;
  localparam logic [2:0] Scale = 3'd4;
  localparam logic [2:0] Settled = 3'd5;
  logic [1:0] pass_q;
  logic [2:0] step_q;
  logic [15:0] edge_q, bit_q, trial, bound;
  logic everything;
  assign everything = top_p_i[16];
  assign trial      = edge_q | bit_q;
  assign bound      = pass_q == Whole ? Farthest : pass_q == Edge ? trial : edge_q;
  assign weighs_o   = (pass_q == Whole && everything) || (pass_q == Edge && bit_q[0]);
  assign draws_o    = pass_q == Draw;
  assign settled_o  = step_q == Settled;

  // ---- A chunk: weights of its lanes, then their sum
  logic [3:0] valid_q;
  logic [StreamLanes-1:0] near, equal;
  logic [29*StreamLanes-1:0] weights;
  logic chunk;
  assign chunk  = chunk_i && pass_q != Largest;
  assign idle_o = valid_q == '0;
  for (genvar i = 0; i < StreamLanes; i++) begin : g_lane
    pim_sample_lane u_lane (
        .clk_i       (clk_i),
        .enable_i    ({valid_q[1:0], chunk}),
        .used_i      (CountBits'(i) < elements_i),
        .highest_i   (highest_i),
        .logit_i     (logits_i[32*i+:32]),
        .multiplier_i(multiplier_i),
        .shift_i     (shift_i),
        .bound_i     (bound),
        .near_o      (near[i]),
        .equal_o     (equal[i]),
        .weight_o    (weights[29*i+:29])
    );
  end

  logic [33:0] near_sum, near_sum_q;
  logic [CountBits-1:0] equals, equals_q;
  logic [34*StreamLanes-1:0] near_weights;
  logic [CountBits*StreamLanes-1:0] ones;
  always_comb begin
    near_weights = '0;
    ones         = '0;
    for (int i = 0; i < StreamLanes; i++) begin
      if (valid_q[2] && near[i]) near_weights[34*i+:34] = {5'd0, weights[29*i+:29]};
      ones[CountBits*i+:CountBits] = CountBits'(valid_q[2] && equal[i]);
    end
  end
  pim_sum #(
      .Count(StreamLanes),
      .Width(34)
  ) u_near (
      .x_i(near_weights),
      .y_o(near_sum)
  );
  pim_sum #(
      .Count(StreamLanes),
      .Width(CountBits)
  ) u_equals (
      .x_i(ones),
      .y_o(equals)
  );

  // ---- All chunks; when the draw has met its chunk, the lanes of that
  logic [28:0] edge_weight;
  pim_sample_weight u_edge_weight (
      .distance_i(edge_q),
      .weight_o  (edge_weight)
  );

  logic [StreamLanes-1:0] held_near_q, held_equal_q;
  logic [29*StreamLanes-1:0] held_weights_q;
  logic found_q, adding, beyond;
  logic [45:0] sum_q, total, drawn_q;
  logic [17:0] left_q;  // tokens at the edge that still belong to the nucleus; none before the draw
  logic [33:0] more;
  logic [CountBits-1:0] there, taken;
  assign adding = found_q ? !drawn_o : valid_q[3];
  assign there  = found_q ? CountBits'(held_equal_q[0]) : equals_q;
  assign taken  = 18'(there) < left_q ? there : CountBits'(left_q);
  assign more   = !found_q ? near_sum_q : held_near_q[0] ? {5'd0, held_weights_q[28:0]} : '0;
  assign total  = sum_q + {12'd0, more} + 46'(taken) * 46'(edge_weight);
  assign beyond = draws_o && total > drawn_q;

  always_ff @(posedge clk_i) begin
    if (valid_q[2] && !found_q && !(valid_q[3] && beyond)) begin
      near_sum_q     <= near_sum;
      equals_q       <= equals;
      held_near_q    <= near;
      held_equal_q   <= equal;
      held_weights_q <= weights;
    end else if (found_q) begin
      held_near_q    <= held_near_q >> 1;
      held_equal_q   <= held_equal_q >> 1;
      held_weights_q <= held_weights_q >> 29;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
      sum_q   <= '0;
      left_q  <= '0;
      found_q <= 1'b0;
      drawn_o <= 1'b0;
      index_o <= '0;
    end else begin
      valid_q <= {valid_q[2:0], chunk};
      if (start_i) left_q <= '0;
      else if (step_q == Divide && divided_i) left_q <= at_edge_i;
      else if (adding && !beyond) left_q <= left_q - 18'(taken);
      if (start_i || next_i) begin
        sum_q   <= '0;
        found_q <= 1'b0;
        drawn_o <= 1'b0;
        index_o <= '0;
      end else if (adding) begin
        if (!beyond) begin
          sum_q   <= total;
          index_o <= index_o + (found_q ? 32'd1 : 32'(StreamLanes));
        end
        if (beyond) found_q <= 1'b1;
        if (beyond && found_q) drawn_o <= 1'b1;
      end
    end
  end

  // ---- Behind a pass: the edge, and at last the nucleus and what of its weight is drawn
  logic [45:0] needed_q, inside_q;  // inside: weight of the nucleus as far as it is known
  logic [62:0] share;
  logic [77:0] product;
  assign share       = 63'(sum_q) * 63'(top_p_i) + 63'd65535;
  assign product     = 78'(inside_q) * 78'(random_i);
  assign divide_o    = step_q == Start && !everything;
  assign lacking_o   = needed_q - inside_q + {17'd0, edge_weight} - 46'd1;
  assign weight_o    = edge_weight;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      pass_q   <= Largest;
      step_q   <= Gather;
      edge_q   <= '0;
      bit_q    <= '0;
      needed_q <= '0;
      inside_q <= '0;
      drawn_q  <= '0;
    end else if (start_i) begin
      pass_q <= Largest;
      step_q <= Gather;
      edge_q <= everything ? Farthest : '0;
      bit_q  <= 16'h8000;
    end else begin
      case (step_q)
        Gather: begin
          if (settle_i) begin
            step_q <= weighs_o ? Start : Settled;
            if (pass_q == Whole) begin
              needed_q <= share[61:16];
              inside_q <= everything ? sum_q : '0;
            end
            if (pass_q == Edge && sum_q < needed_q) begin
              edge_q   <= trial;
              inside_q <= sum_q;
            end
          end
        end
        Start: step_q <= everything ? Weigh : Divide;
        Divide: if (divided_i) step_q <= Weigh;
        Weigh: begin
          inside_q <= inside_q + 46'(left_q) * 46'(edge_weight);
          step_q   <= Scale;
        end
        Scale: begin
          drawn_q <= product[77:32];
          step_q  <= Settled;
        end
        default: ;
      endcase
      if (next_i) begin
        step_q <= Gather;
        pass_q <= pass_q == Largest ? Whole : weighs_o ? Draw : Edge;
        if (pass_q == Edge) bit_q <= bit_q >> 1;
      end
    end
  end

`ifdef PIM_ASSERTIONS
  assert property (@(posedge clk_i) disable iff (!rst_ni) settle_i |-> step_q == Gather && idle_o);
  assert property (@(posedge clk_i) disable iff (!rst_ni) next_i |-> settled_o);
  assert property (@(posedge clk_i) disable iff (!rst_ni) chunk |-> step_q == Gather);
  // What is drawn lies within the nucleus: the draw meets it, and its lane is among those still to come.
  assert property (@(posedge clk_i) disable iff (!rst_ni) settle_i && draws_o |-> found_q);
  assert property (@(posedge clk_i) disable iff (!rst_ni) found_q && !drawn_o |-> |held_near_q || |held_equal_q);
`endif
endmodule
