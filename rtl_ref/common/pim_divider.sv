`include "pim_assert.svh"
// Restoring divider, two quotient bits a cycle, floor. The digits also leave one by one, most significant first,
// for a user that need not wait for the last.
//   start: remainder_i is what the divisor has already gone into 0 times (below the divisor), the quotient has
//   2 * steps_i bits, and dividend_i holds as many bits of the dividend, left-aligned.
module pim_divider #(
    parameter int Width = 64,
    parameter int DivisorBits = 40
) (
    input  logic                   clk_i,
    input  logic                   rst_ni,
    input  logic                   start_i,
    input  logic [DivisorBits-1:0] remainder_i,
    input  logic [      Width-1:0] dividend_i,
    input  logic [DivisorBits-1:0] divisor_i,
    input  logic [            5:0] steps_i,
    output logic                   digit_valid_o,
    output logic [            1:0] digit_o,
    output logic                   done_o,
    output logic [      Width-1:0] quotient_o
);
  logic [DivisorBits-1:0] remainder_q, divisor_q;
  logic [Width-1:0] dividend_q;
  logic [5:0] left_q;

  logic [DivisorBits:0] first, second;
  logic [DivisorBits-1:0] middle, rest;
  logic first_fits, second_fits;
  assign first       = {remainder_q, dividend_q[Width-1]};
  assign first_fits  = first >= {1'b0, divisor_q};
  assign middle      = DivisorBits'(first_fits ? first - {1'b0, divisor_q} : first);
  assign second      = {middle, dividend_q[Width-2]};
  assign second_fits = second >= {1'b0, divisor_q};
  assign rest        = DivisorBits'(second_fits ? second - {1'b0, divisor_q} : second);
  assign digit_o     = {first_fits, second_fits};

  assign digit_valid_o = left_q != '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      remainder_q <= '0;
      divisor_q   <= '0;
      dividend_q  <= '0;
      quotient_o  <= '0;
      left_q      <= '0;
      done_o      <= 1'b0;
    end else begin
      done_o <= left_q == 6'd1;
      if (start_i) begin
        remainder_q <= remainder_i;
        divisor_q   <= divisor_i;
        dividend_q  <= dividend_i;
        quotient_o  <= '0;
        left_q      <= steps_i;
      end else if (digit_valid_o) begin
        remainder_q <= rest;
        dividend_q  <= {dividend_q[Width-3:0], 2'b00};
        quotient_o  <= {quotient_o[Width-3:0], digit_o};
        left_q      <= left_q - 6'd1;
      end
    end
  end

`ifdef PIM_ASSERTIONS
  assert property (@(posedge clk_i) disable iff (!rst_ni) start_i |-> remainder_i < divisor_i);
  assert property (@(posedge clk_i) disable iff (!rst_ni) start_i |-> !digit_valid_o);
  assert property (@(posedge clk_i) disable iff (!rst_ni) start_i |-> steps_i != '0 && 7'(steps_i) * 7'd2 <= 7'(Width));
`endif
endmodule
