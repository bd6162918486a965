`include "pim_assert.svh"
// A queue of bytes: up to Width bytes in and up to Width bytes out a cycle, in any mix. push_data_i is zero beyond
// push_bytes_i. The user pops no more than level_o says. Ready as long as a full push fits beside what this cycle's pop
// leaves.
module pim_gearbox #(
    parameter int Width = 128,
    parameter int CountBits = $clog2(2 * Width + 1)
) (
    input  logic                 clk_i,
    input  logic                 rst_ni,
    output logic                 push_ready_o,
    input  logic [CountBits-1:0] push_bytes_i,  // 0: no push
    input  logic [  8*Width-1:0] push_data_i,
    output logic [CountBits-1:0] level_o,
    input  logic [CountBits-1:0] pop_bytes_i,   // 0: no pop
    output logic [  8*Width-1:0] data_o
);
  logic [16*Width-1:0] bytes_q, kept, added;
  logic [CountBits-1:0] level_q, after_pop;
  assign push_ready_o = after_pop <= CountBits'(Width);
  assign level_o      = level_q;
  assign data_o       = bytes_q[8*Width-1:0];
  assign after_pop    = level_q - pop_bytes_i;
  assign kept         = bytes_q >> {pop_bytes_i, 3'b000};
  assign added        = (16 * Width)'(push_data_i) << {after_pop, 3'b000};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      bytes_q <= '0;
      level_q <= '0;
    end else if (push_bytes_i != '0 || pop_bytes_i != '0) begin
      bytes_q <= push_bytes_i != '0 ? kept | added : kept;
      level_q <= after_pop + push_bytes_i;
    end
  end

`ifdef PIM_ASSERTIONS
  assert property (@(posedge clk_i) disable iff (!rst_ni) push_bytes_i != '0 |-> push_ready_o);
  assert property (@(posedge clk_i) disable iff (!rst_ni) pop_bytes_i <= level_q);
  assert property (@(posedge clk_i) disable iff (!rst_ni) push_bytes_i <= CountBits'(Width));
  assert property (@(posedge clk_i) disable iff (!rst_ni) push_bytes_i != '0 |-> push_data_i >> {push_bytes_i, 3'b000} == '0);
  assert property (@(posedge clk_i) disable iff (!rst_ni) level_q <= CountBits'(2 * Width));
`endif
endmodule
